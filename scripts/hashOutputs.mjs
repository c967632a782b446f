// Prints a SHA-256 of what every variate, engine and law gives, one a line, computed from the package in a folder:
//   node scripts/hashOutputs.mjs [PACKAGE-FOLDER]
// Two machines that print the same compute the same bits. Only .ci/run and people call it.
import { createHash } from 'node:crypto'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './run.mjs'

const dist = pathToFileURL(join(resolve(process.argv[2] ?? root), 'dist', '/'))
const paths = ['index.js', 'rooms/random.js', 'rooms/theory.js', 'rooms/data.js', 'rooms/study.js']
// A study's draws have no function of their own in a room.
const [core, random, theory, data, study, { runConfidenceDraws }] = await Promise.all(
  [...paths, 'stats/bootstrap/runConfidenceDraws.js'].map((path) => import(new URL(path, dist).href)),
)

/** Feeds every number and word of a value, in the order of its keys; times are no result. */
function feed(hash, value) {
  if (ArrayBuffer.isView(value)) hash.update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
  else if (typeof value === 'number') hash.update(new Uint8Array(Float64Array.of(value).buffer))
  else if (typeof value === 'object' && value !== null) {
    for (const [key, part] of Object.entries(value)) {
      if (/seconds$/i.test(key)) continue
      hash.update(`${key}:`)
      feed(hash, part)
    }
  } else hash.update(String(value))
}

function print(name, value) {
  const hash = createHash('sha256')
  feed(hash, value)
  console.log(`${name} ${hash.digest('hex')}`)
}

const stream = { seed: 17, stream: 3 }
const n = 2000
print('uniform', random.uniform(n, stream))
print('normal', random.normal(n, { ...stream, mean: 1, sd: 2 }))
for (const [a, b] of [
  [1, 1],
  [2.5, 1],
  [30, 700],
  [1e6, 3e7],
])
  print(`beta ${a} ${b}`, random.beta(n, { ...stream, a, b }))
for (const [trials, p] of [
  [10, 0.3],
  [1000, 0.004],
  [1e6, 0.2],
  [2e9, 0.9],
]) {
  print(`binomial ${trials} ${p}`, random.binomial(n, { ...stream, n: trials, p }))
}
for (const [good, bad, draws] of [
  [5, 9, 7],
  [1000, 1e6, 500],
  [1e8, 1e8, 1e6],
]) {
  print(
    `hypergeometric ${good} ${bad} ${draws}`,
    random.hypergeometric(n, { ...stream, nGood: good, nBad: bad, nDraws: draws }),
  )
}
print('multinomial', random.multinomial(4, { ...stream, n: 1e6, weights: [0.1, 3, 0.5, 7] }))
print('permutation', random.permutation(n, stream))
for (const kind of data.syntheticKinds) print(`synthetic ${kind}`, await data.syntheticSamples(300, { kind, seed: 5 }))

/** Scores of two detectors with ties, from the package's own draws. */
function pair(normals, anomalies, shift) {
  const draw = (size, mean, id) =>
    random.normal(size, { seed: 1, stream: id, mean, sd: 1 }).map((x) => Math.round(x * 64) / 64)
  return { normal: draw(normals, 0, shift * 10), anomalous: draw(anomalies, shift, shift * 10 + 1) }
}
const small = { baseline: pair(200, 60, 1), candidate: pair(200, 60, 2) }
const large = { baseline: pair(4000, 900, 1), candidate: pair(4000, 900, 2) }
const sample = random.normal(2000, { seed: 9 })
for (const rule of core.thresholdRules) {
  const rest = rule === 'certified' ? { delta: 0.1 } : {}
  print(`thresholds ${rule}`, await core.thresholds(sample, { fprs: [0.01, 0.05, 0.2], thresholdRule: rule, ...rest }))
}
print('sort', await core.sort(sample))
print('argsort', await core.argsort(sample))
print('rank', await core.rank(sample))
print('ecdf', await core.ecdf(sample, sample.subarray(0, 300)))
for (const definition of ['linear', 'inverse-cdf'])
  print(`quantiles ${definition}`, await core.quantiles(sample, [0, 0.1, 0.37, 0.9999, 1], { definition }))
for (const engine of ['tree', 'direct']) {
  for (const design of ['paired', 'independent']) {
    const detectors = [large.baseline, large.candidate].map(({ normal, anomalous }) => ({
      normal,
      anomalous: [anomalous],
    }))
    const options = { engine, design, resamples: 300, seed: 4, fprs: [0.02, 0.1] }
    print(`bootstrap ${engine} ${design}`, await core.bootstrap(detectors, options))
  }
}
for (const intervalMethod of core.intervalMethods) {
  // The confidence draws have no engine, and standard errors of replicates are the tree's.
  const drawn = { confidence: ['auto'], studentized: ['tree'] }[intervalMethod] ?? ['tree', 'table', 'direct']
  for (const engine of drawn) {
    const answer = await core.relativeBias(small, { intervalMethod, engine, resamples: 2000, seed: 2, fpr: 0.05 })
    print(`relativeBias ${intervalMethod} ${engine}`, answer)
  }
}
/** Labels of classes, of unequal size and in no order. */
const labels = Array.from({ length: 60 }, (_, i) => ['crack', 'dent', 'crack', 'scratch', 'dent'][i % 5])
const options = { resamples: 500, seed: 3, fpr: 0.05 }
// Classes large enough for the bootstrap law to be relied on.
const medium = { baseline: pair(400, 300, 1), candidate: pair(400, 300, 2) }
const halves = Array.from({ length: 300 }, (_, i) => (i % 2 === 0 ? 'crack' : 'dent'))
for (const design of ['paired', 'independent']) {
  const byDetector = (own) => (design === 'paired' ? own : { baseline: own, candidate: own })
  for (const intervalMethod of ['percentile', 'bca', 'bt2']) {
    const asked = { engine: 'exact', design, intervalMethod, classes: byDetector(halves), fpr: 0.1 }
    print(`exact ${design} ${intervalMethod}`, await core.relativeBias(medium, asked))
  }
  const classes = byDetector(labels)
  print(`confidence of classes ${design}`, await core.relativeBias(small, { design, classes, ...options }))
}
const mix = { crack: 0.5, dent: 0.2, scratch: 0.3 }
const scores = {
  source: 'draws',
  detectors: ['baseline', 'candidate'],
  validation: [small.baseline.normal, small.candidate.normal],
  anomalous: [small.baseline.anomalous, small.candidate.anomalous],
  classes: labels,
}
print('compare of a mix', await core.compare(scores, { mix, margin: 0.1, prevalence: 0.01, laws: true, ...options }))
const groups = {
  normal: Uint32Array.from({ length: 200 }, (_, i) => i % 37),
  anomalous: Uint32Array.from({ length: 60 }, (_, i) => i % 11),
}
print('groups', await core.relativeBias(small, { classes: labels, groups, ...options }))
const trainings = {
  baseline: [1, 3, 4].map((shift) => pair(200, 60, shift)),
  candidate: [2, 5].map((shift) => pair(200, 60, shift)),
}
print('seeds', await core.relativeBiasOfSeeds(trainings, { classes: labels, ...options }))
print('seeds of groups', await core.relativeBiasOfSeeds(trainings, { classes: labels, groups, ...options }))
const runs = [...trainings.baseline.slice(0, 2), ...trainings.candidate].map(({ normal, anomalous }) => ({
  normal,
  anomalous: [anomalous.subarray(0, 20), anomalous.subarray(20)],
}))
print('draws of runs', await runConfidenceDraws(runs, options))
print('relativeBiasAtTpr', await core.relativeBiasAtTpr(small, { tpr: 0.5, resamples: 500, seed: 3 }))
print('relativeBiasCurve', await core.relativeBiasCurve(small, { fprs: [0.05, 0.2], resamples: 500, seed: 3 }))
print('rates', await core.rates(small.baseline, [-1, 0, 0.5]))
print('idealTpr', await core.idealTpr(small.baseline, { fpr: 0.05 }))
print('idealBias independent', await core.idealBias(small, { fpr: 0.05, design: 'independent' }))
print('idealBias paired', await core.idealBias(small, { fpr: 0.05, design: 'paired' }))
print('certifiedBias', await theory.certifiedBias(small, { fpr: 0.05 }))
print('planSamples', core.planSamples({ fpr: 0.05, tprBaseline: 0.5, tprCandidate: 0.7, precision: 0.05 }))
print('pilotRates', await theory.pilotRates(large, { fpr: 0.05 }))
const expected = { fpr: 0.05, tprBaseline: 0.4, tprCandidate: 0.7 }
print('planSamples of power', core.planSamples({ ...expected, classes: 3, xi: 0.2 }))
print('planSamples of a gate', core.planSamples({ ...expected, margin: 0.05 }))
print(
  'planSeeds',
  theory.planSeeds({ sampleError: 0.02, sdBaseline: 0.05, sdCandidate: 0.03, precision: 0.05, classes: 4 }),
)
print('rocSlope', await theory.rocSlope(large.baseline, { fpr: 0.05 }))
print('a range', await core.relativeBiasOverRange(small, { fprRange: [0.01, 0.1], classes: labels, resamples: 500 }))
const theorem = { version: 'sharp', fpr: 0.05, alpha: 0.1, slopes: [2, 3], epsilon: 0.2, delta: 0.05 }
print('sampleComplexity', theory.sampleComplexity(theorem))
print('fewestCertified', core.fewestCertified(0.05, 0.1))
print('toleratedAlarms', core.toleratedAlarms(0.05, 200))
print('convergeScores', await study.convergeScores(large, { sizes: [50, 100], alphas: [0.1], runs: 40, seed: 6 }))
