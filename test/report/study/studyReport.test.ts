import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { renderSvg } from '../../../src/report/charts/renderSvg.js'
import { formatInterval, formatMeanSd, formatP, formatSigned } from '../../../src/report/format.js'
import { escapeHtml } from '../../../src/report/html.js'
import { lossChart } from '../../../src/report/study/lossChart.js'
import { similaritySentence } from '../../../src/report/study/similarityText.js'
import { studyJson } from '../../../src/report/study/studyJson.js'
import { studyReport } from '../../../src/report/study/studyReport.js'
import { headline, studyText } from '../../../src/report/study/studyText.js'
import { colours } from '../../../src/report/theme.js'
import { divergedStudy, study, trainings } from './studyFixture.js'

let page = ''
before(async () => {
  page = await studyReport(study, { command: 'scoring-bias study statlog --seed 0' })
})

test('the page gives the answer in words and every number of the table', () => {
  assert.ok(page.includes(escapeHtml(headline(study))))
  for (const one of study.classes) {
    for (const text of [
      one.name,
      one.l2.toFixed(2),
      formatMeanSd(one.tprBaseline),
      formatMeanSd(one.tprCandidate),
      formatSigned(one.xi),
      formatInterval(one.interval),
      formatInterval(one.simultaneous),
      formatP(one.pAdjusted),
    ]) {
      assert.ok(page.includes(text), text)
    }
  }
})

test('the page says how it was computed, what the intervals cover and whose data it was', () => {
  for (const text of [
    study.intervalCovers,
    study.attribution,
    'scoring-bias study statlog --seed 0',
    '200 epochs after 100 of pretraining where the detector has one, batches of 128',
    'identity output',
    'weight decay 5e-7 (pretraining 5e-4)',
    '10,000 draws of the confidence distribution',
    'onnxruntime-node 1.30.0',
    'Adam, β₁ = 0.9, β₂ = 0.999, ε = 1e-8',
    '×0.1 after epochs 60, 120, 180',
    'η = 1, ε = 1e-6; a new batch counts 0.1',
    'statlog, 6,435 samples',
    `<code>${study.data?.sha256}</code>`,
    'AMD EPYC, linux x64',
  ]) {
    assert.ok(page.includes(text), text)
  }
})

test('the page is self-contained: no script, nothing loaded', () => {
  assert.doesNotMatch(page, /<script|<link|<img|<iframe|@import|url\(|\ssrc=|xlink:href/i)
})

test('the page has its charts, with nothing undefined in them', () => {
  // Recall, ξ, ξ by distance, and scores and losses of both detectors.
  assert.equal(page.match(/class="chart" role="img" aria-label="[^"]{20,}"/g)?.length, 7)
  assert.doesNotMatch(page, /NaN|undefined|null|Infinity/)
})

test('every colour in the charts has a rule that recolours it in dark mode', () => {
  const used = new Set(page.match(/(?<=(?:fill|stroke)=")[^"]+/g))
  const known = new Set<string>([...Object.values(colours), 'none', 'transparent'])
  assert.ok(used.size > 5)
  assert.deepEqual(
    [...used].filter((colour) => !known.has(colour)),
    [],
  )
  for (const colour of Object.values(colours)) {
    assert.ok(page.includes(`svg [fill="${colour}"]`) && page.includes(`svg [stroke="${colour}"]`), colour)
  }
})

test('equal results give equal pages', async () => {
  assert.equal(await studyReport(study, { command: 'scoring-bias study statlog --seed 0' }), page)
})

test('names are escaped in table and charts', async () => {
  const [first, ...rest] = study.classes
  assert.ok(first)
  const hostile = await studyReport({ ...study, classes: [{ ...first, name: '<script>alert(1)</script>' }, ...rest] })
  assert.doesNotMatch(hostile, /<script/)
  assert.ok(hostile.includes('&lt;script&gt;'))
})

test('warnings are shown', async () => {
  const page = await studyReport({ ...study, warnings: ['the threshold rests on 3 samples'] })
  assert.ok(page.includes('the threshold rests on 3 samples'))
})

test('the loss chart has a line for each run and phase, the drops of the learning rate, and a cross where one diverged', async () => {
  const lines = (svg: string, colour: string) =>
    svg.match(new RegExp(`<path[^>]* stroke="${colour}"[^>]*>`, 'g'))?.length ?? 0
  const crosses = (svg: string) => svg.match(new RegExp(`<path[^>]* fill="${colours.ink}"`, 'g'))?.length ?? 0
  const drops = (svg: string) => svg.match(/<line[^>]* stroke-dasharray="2,3"/g)?.length
  const both = async (result: typeof study) =>
    (await renderSvg(lossChart(result, 'baseline'))) + (await renderSvg(lossChart(result, 'candidate')))
  const whole = await both(study)
  assert.deepEqual(
    [colours.baseline, colours.candidate, colours.normal].map((colour) => lines(whole, colour)),
    [10, 10, 0],
  )
  assert.deepEqual([crosses(whole), drops(whole)], [0, 6])
  const left = await both(divergedStudy)
  assert.deepEqual(
    [colours.baseline, colours.candidate, colours.normal].map((colour) => lines(left, colour)),
    [6, 6, 7],
  )
  assert.deepEqual([crosses(left), drops(left)], [2, 6])
})

test('the page says how many runs count, and how many diverged', async () => {
  assert.ok(page.includes('over 5 runs.') && page.includes('No run diverged.'))
  const left = await studyReport(divergedStudy)
  assert.ok(left.includes('over 3 of 5 runs.') && left.includes('2 of 5 runs diverged in one detector or both'))
  assert.ok(left.includes('<strong>Warning:</strong> 2 of 5 runs diverged'))
  const one = await studyReport({
    ...{ ...divergedStudy, training: { ...divergedStudy.training, converged: [0, 1, 2, 4] } },
    settings: { ...study.settings, milestones: [60] },
  })
  assert.ok(one.includes('1 of 5 runs diverged in one detector or both: it is grey and counts in no figure'))
  assert.ok(one.includes('×0.1 after epoch 60,'))
  assert.doesNotMatch(left, /NaN|undefined|null|Infinity/)
})

test('a study whose every loss is gone makes a page too', async () => {
  const gone = trainings(5, 1).map(({ run }) => ({
    run,
    losses: new Float64Array(0),
    pretrainLosses: new Float64Array(0),
  }))
  const page = await studyReport({ ...study, training: { ...study.training, candidate: gone } })
  assert.doesNotMatch(page, /NaN|undefined|Infinity/)
})

test('a single run and constant scores make a page too', async () => {
  const flat = {
    threshold: 1,
    normal: new Float32Array(5).fill(1),
    classes: study.classes.map(() => Float32Array.of(1)),
  }
  const training = { ...study.training, converged: [0], baseline: trainings(1, 0.4), candidate: trainings(1, 2) }
  const page = await studyReport({ ...study, runs: 1, training, scores: { run: 0, baseline: flat, candidate: flat } })
  assert.doesNotMatch(page, /NaN|undefined|Infinity/)
  // One run says nothing of the spread: nothing speaks of one.
  assert.ok(page.includes('in 1 run.'))
  assert.doesNotMatch(page, /[^τ] ± |standard deviation|sd over runs/)
  assert.match(await studyReport(study), /mean ± standard deviation over 5 runs\..*TPR, mean ± sd over runs</s)
  const text = studyText({ ...study, runs: 1, training })
  assert.doesNotMatch(text, /±/)
  assert.match(studyText(study), /± is the sd over runs; /)
})

test('the caption of the losses speaks of drops of the learning rate where there are some, by the factor there is', async () => {
  assert.ok(page.includes('Dotted: the learning rate is multiplied by 0.1.'))
  const settings = { ...study.settings, learningRateDecay: 0.5 }
  assert.ok((await studyReport({ ...study, settings })).includes('Dotted: the learning rate is multiplied by 0.5.'))
  const none = await studyReport({ ...study, settings: { ...settings, milestones: [study.epochs] } })
  assert.doesNotMatch(none, /Dotted: the learning rate/)
})

test('the page tells how ξ goes with similarity, in words, numbers and a chart with every class', () => {
  assert.ok(page.includes(escapeHtml(similaritySentence(study))))
  for (const text of [
    '−0.80</td><td>0.083</td>',
    'give no interval of it',
    '98.8 %',
    'for 4 classes is 0.083 at least',
  ]) {
    assert.ok(page.includes(text), text)
  }
  const chart = /<h2>Similarity and ξ[\s\S]*?<\/section>/.exec(page)?.[0] ?? ''
  for (const label of ['damp grey soil (labelled) ↑', 'red soil', 'cotton crop ↓', 'very damp grey soil (normal)']) {
    assert.ok(chart.includes(`>${label}</text>`), label)
  }
})

test('a study with too few classes, or whose distances are all 0, makes a page too', async () => {
  const similarity = { all: null, unlabelled: null }
  const few = { ...study, classes: study.classes.slice(0, 1), similarity, l2Normal: 0 }
  const single = await studyReport(few)
  assert.doesNotMatch(single, /NaN|undefined|Infinity/)
  assert.ok(single.includes('1 class is too few to tell') && single.includes('no trend to be had'))
})

test('the result lies in the page as JSON', () => {
  const link = /<a download="study.json" href="data:application\/json;base64,([^"]+)"/.exec(page)?.[1] ?? ''
  assert.deepEqual(JSON.parse(Buffer.from(link, 'base64').toString()), JSON.parse(JSON.stringify(studyJson(study))))
})

test('a share and simulated data are named with their seed; what an earlier record lacks is left out', async () => {
  const data = { sha256: 'ab', nSamples: 643, share: 0.1, dataSeed: 3 }
  assert.ok((await studyReport({ ...study, data })).includes('643 samples, a share of 0.1 of every class, data seed 3'))
  const { data: _, processor: __, ...old } = study
  assert.doesNotMatch(await studyReport(old), /SHA-256|undefined|unknown/)
})
