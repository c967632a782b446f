// What draws. Alone in a module, which the build makes one file with what it takes of Vega's packages: their 300 files take three times as
// long to load.
export { parse, textMetrics, View, Warn } from 'vega'
export { compile } from 'vega-lite'
