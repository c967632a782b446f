import assert from 'node:assert/strict'
import { register } from 'node:module'
import { describe, it, test } from 'node:test'

/** From here on, whoever loads the chart library fails. */
register(
  `data:text/javascript,${encodeURIComponent(`
    export async function resolve(specifier, context, next) {
      if (/^vega(-lite)?$/.test(specifier)) throw new Error('the chart library is loaded')
      return next(specifier, context)
    }`)}`,
)

const report = await import('../../src/rooms/report.js')

test('the room loads the chart library for a chart only', async () => {
  const { planSamples } = await import('../../src/theory/planSamples.js')
  const plan = planSamples({ precision: 0.1 })
  assert.match(report.planText(plan), /^To estimate ξ to ± 0.1/)
  await assert.rejects(report.planSvg(plan), /the chart library is loaded/)
})

describe('options are refused before the result is looked at:', () => {
  const nothing = {} as never
  const functions: Readonly<Record<string, (options: never) => unknown>> = {
    compareReport: (options) => report.compareReport(nothing, nothing, options),
    convergeReport: (options) => report.convergeReport(nothing, options),
    matrixReport: (options) => report.matrixReport(nothing, options),
    planReport: (options) => report.planReport(nothing, options),
    reproductionGallery: (options) => report.reproductionGallery([], options),
    reproductionMarkdown: (options) => report.reproductionMarkdown([], options),
    reproductionReport: (options) => report.reproductionReport(nothing, options),
    studyReport: (options) => report.studyReport(nothing, options),
    writeReproduction: (options) => report.writeReproduction('', nothing, options),
  }
  for (const [name, call] of Object.entries(functions)) {
    const refused = (options: unknown, error: object) =>
      assert.rejects(async () => {
        await call(options as never)
      }, error)

    it(name, async () => {
      const message = new RegExp(`^${name} has no option 'comand' \\(did you mean 'command'\\?\\)`)
      await refused({ comand: 'x' }, { name: 'ScoringBiasError', code: 'UNKNOWN_NAME', message })
      await refused({ command: 7 }, { code: 'WRONG_TYPE', message: 'command must be a string, got 7' })
      await refused(null, { code: 'WRONG_TYPE', message: `the options of ${name} must be an object, got null` })
    })
  }

  it('of their own, too', async () => {
    await assert.rejects(report.convergeReport(nothing, { notes: ['a', 1] as never }), {
      code: 'WRONG_TYPE',
      message: 'notes[1] must be a string, got 1',
    })
    await assert.rejects(report.convergeReport(nothing, { title: true as never }), { code: 'WRONG_TYPE' })
    await assert.rejects(report.writeReproduction('', nothing, { signal: {} as never }), { code: 'WRONG_TYPE' })
    await assert.rejects(report.writeReproduction({} as never, nothing), {
      code: 'WRONG_TYPE',
      message: /^folder must be/,
    })
    await assert.rejects(report.writeReproduction('', nothing), { code: 'BAD_FILE', message: /^folder must be/ })
    for (const perClass of [0, 1.5]) {
      assert.throws(() => report.samplesSvg(nothing, { perClass }), { code: 'OUT_OF_RANGE' })
    }
    assert.throws(() => report.samplesSvg(nothing, { perclass: 3 } as never), {
      code: 'UNKNOWN_NAME',
      message: /did you mean 'perClass'/,
    })
  })
})
