import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compare } from '../../src/compare/compare.js'
import { ScoringBiasError } from '../../src/errors.js'
import { compareMarkdown } from '../../src/report/compare/compareMarkdown.js'
import { compareText } from '../../src/report/compare/compareText.js'
import { scorePair } from '../stats/samples.js'

const { baseline, candidate } = scorePair(800, 300)
const kinds = ['crack', 'dent', 'hole'] as const
const data = {
  source: 'test',
  detectors: ['old', 'new'],
  validation: [baseline.normal, candidate.normal],
  anomalous: [baseline.anomalous, candidate.anomalous],
  classes: Array.from(baseline.anomalous, (_, i) => kinds[i % 3] ?? assert.fail()),
}
const close = (a: number, b: number, error = 1e-12) => assert.ok(Math.abs(a - b) <= error, `${a} is not ${b}`)
const answer = async (options: object) => (await compare(data, options)).candidates[0] ?? assert.fail()

test('ξ on a mix is the mean of the classes’ by their shares', async () => {
  const { mix = assert.fail(), classes } = await answer({ mix: { crack: 0.7, dent: 0.3 } })
  const [crack = assert.fail(), dent = assert.fail()] = classes
  close(mix.xi, 0.7 * crack.xi + 0.3 * dent.xi)
  close(mix.tprBaseline.rate, 0.7 * crack.tprBaseline.rate + 0.3 * dent.tprBaseline.rate)
  assert.ok(mix.interval[0] < mix.xi && mix.xi < mix.interval[1])
  // Narrower than the wider of its parts, as a mean of positive correlation is.
  const width = ([low, high]: readonly [number, number]) => high - low
  assert.ok(width(mix.interval) < Math.max(width(crack.interval), width(dent.interval)))
  assert.deepEqual(mix.simultaneous, mix.interval)
})

test('a mix of one class is that class, and that of the samples is all anomalies, within the chance of draws', async () => {
  const one = await answer({ mix: { dent: 1 }, resamples: 50_000 })
  const dent = one.classes[1] ?? assert.fail()
  const all = await answer({ mix: { crack: 1 / 3, dent: 1 / 3, hole: 1 / 3 }, resamples: 50_000 })
  for (const [mix, whole, error] of [
    [one.mix, dent, 0.005],
    [all.mix, all.overall, 0.02],
  ] as const) {
    close(mix?.xi ?? Number.NaN, whole.xi)
    for (const side of [0, 1] as const) close(mix?.interval[side] ?? Number.NaN, whole.interval[side], error)
  }
})

test('precision and alerts a day are those of the formula, at both ends of the recall too', async () => {
  const {
    alerts = assert.fail(),
    candidates,
    baseline: old,
  } = await compare(data, {
    fpr: 0.01,
    prevalence: 0.001,
    perDay: 100_000,
  })
  const [first = assert.fail(), second = assert.fail()] = alerts.detectors
  assert.deepEqual([first.name, second.name], [old.name, 'new'])
  const { tprCandidate } = candidates[0]?.overall ?? assert.fail()
  for (const [recall, precision, alarms] of [
    [tprCandidate.rate, second.precision.rate, second.alertsPerDay?.rate],
    [tprCandidate.interval[0], second.precision.interval[0], second.alertsPerDay?.interval[0]],
    [tprCandidate.interval[1], second.precision.interval[1], second.alertsPerDay?.interval[1]],
  ] as const) {
    // 100 anomalies a day, and 99,900 normals of which 999 are flagged.
    close(alarms ?? Number.NaN, 100 * recall + 999, 1e-9)
    close(precision, (100 * recall) / (100 * recall + 999))
  }
  const mixed = await compare(data, { fpr: 0.01, prevalence: 0.001, mix: { hole: 1 } })
  const { mix = assert.fail() } = mixed.candidates[0] ?? assert.fail()
  assert.deepEqual(mixed.alerts?.detectors[1]?.recall, mix.tprCandidate)
  assert.equal(mixed.alerts?.detectors[1]?.alertsPerDay, undefined)
})

test('the recall of the baseline on a mix has one interval, beside whichever candidate, and in the alerts', async () => {
  const noisy = (values: Float64Array) => values.map((x, i) => x + Math.sin(7 * i))
  const three = {
    ...data,
    detectors: ['old', 'new', 'other'],
    validation: [baseline.normal, candidate.normal, noisy(candidate.normal)],
    anomalous: [baseline.anomalous, candidate.anomalous, noisy(candidate.anomalous)],
  }
  for (const group of [undefined, Array.from({ length: 800 }, (_, i) => `g${i % 40}`)]) {
    const groups = group && { normal: group, anomalous: group.slice(0, 300) }
    const found = await compare(
      { ...three, ...(groups && { groups }) },
      { mix: { crack: 0.5, dent: 0.5 }, prevalence: 0.01 },
    )
    const rates = found.candidates.map(({ mix }) => mix?.tprBaseline)
    assert.deepEqual(rates[1], rates[0])
    assert.deepEqual(found.alerts?.detectors[0]?.recall, rates[0])
    assert.notDeepEqual(found.candidates[1]?.mix?.tprCandidate, found.candidates[0]?.mix?.tprCandidate)
  }
})

test('text and Markdown say it', async () => {
  const found = await compare(data, { mix: { crack: 0.7, dent: 0.3 }, prevalence: 0.001, perDay: 1e5 })
  assert.match(compareText(found), /On a mix of 70 % crack and 30 % dent, ξ of new is [+−]0\.\d{3} \[/)
  assert.match(compareText(found), /│ +alerts a day │/)
  assert.match(
    compareText(found),
    /Where 0\.1 % of 100,000 samples a day are anomalies and 5 % of the others are flagged\./,
  )
  assert.match(compareMarkdown(found), /On a mix of 70 % crack and 30 % dent/)
})

for (const [options, code, message] of [
  [{ mix: { crack: 0.7, dent: 0.2 } }, 'OUT_OF_RANGE', /^the shares of mix sum to 0\.9\. Give shares that sum to 1$/],
  [{ mix: {} }, 'OUT_OF_RANGE', /sum to 0/],
  [{ mix: { crack: 1.5, dent: -0.5 } }, 'OUT_OF_RANGE', /^mix of 'dent'/],
  [{ mix: { crak: 1 } }, 'UNKNOWN_CLASS', /did you mean 'crack'/],
  [{ mix: 0.5 }, 'WRONG_TYPE', /mix/],
  [{ prevalence: 0 }, 'OUT_OF_RANGE', /prevalence/],
  [{ prevalence: 0.1, perDay: 0 }, 'OUT_OF_RANGE', /^perDay must be above 0, got 0$/],
  [{ perDay: 10 }, 'OUT_OF_RANGE', /^perDay needs the share of anomalies/],
] as const) {
  test(`${JSON.stringify(options)} is refused`, () =>
    assert.rejects(
      compare(data, options as never),
      (error) => error instanceof ScoringBiasError && error.code === code && message.test(error.message),
    ))
}

test('a mix of samples without classes is refused', () =>
  assert.rejects(compare({ ...data, classes: undefined }, { mix: { a: 1 } }), /the samples have none/))
