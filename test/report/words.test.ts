import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatInterval, formatMeanSd, formatPercent, formatSetting, formatSigned } from '../../src/report/format.js'
import { Html, html } from '../../src/report/html.js'
import { headline } from '../../src/report/study/headline.js'
import { detectorTitle, enumerate } from '../../src/report/words.js'
import { study } from './study/studyFixture.js'

test('signed numbers have a true minus and no sign when they round to 0', () => {
  assert.deepEqual(
    [0.655, -0.2, 0.004, -0.004, 0, -0].map((value) => formatSigned(value)),
    ['+0.66', '−0.20', '0.00', '0.00', '0.00', '0.00'],
  )
  assert.equal(formatInterval([-0.03, 0.331]), '[−0.03, +0.33]')
})

test('means, percentages and settings are written with the digits they need', () => {
  assert.equal(formatMeanSd({ mean: 0.154, sd: 0.031 }), '0.15 ± 0.03')
  assert.deepEqual([0.05, 0.975, 0.001, 0.07, 0.95].map(formatPercent), ['5 %', '97.5 %', '0.1 %', '7 %', '95 %'])
  assert.deepEqual([1e-3, 5e-7, 5e-4, 1, 0].map(formatSetting), ['0.001', '5e-7', '5e-4', '1', '0'])
})

test('detectors have the names papers print; others keep theirs', () => {
  assert.equal(detectorTitle('deep-svdd'), 'Deep SVDD')
  assert.equal(detectorTitle('forest'), 'forest')
})

test('lists read as English', () => {
  assert.deepEqual([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(enumerate), ['', 'a', 'a and b', 'a, b and c'])
})

test('the headline says for every class which way it goes', () => {
  assert.equal(
    headline(study),
    'At a false-positive rate of 5 %, Deep SAD detects more damp grey soil (ξ +0.66) and grey soil (ξ +0.23), ' +
      'and less vegetation stubble (ξ −0.20) and cotton crop (ξ −0.28), than Deep SVDD does. ' +
      'For red soil the 95 % interval includes no difference.',
  )
})

test('the headline without any clear change claims none', () => {
  const classes = study.classes.slice(1, 2)
  assert.equal(headline({ ...study, classes }), 'For red soil the 95 % interval includes no difference.')
})

test('the headline with one direction only has one list', () => {
  assert.equal(
    headline({ ...study, classes: study.classes.slice(0, 1) }),
    'At a false-positive rate of 5 %, Deep SAD detects more damp grey soil (ξ +0.66) than Deep SVDD does.',
  )
})

test('html escapes strings and keeps markup', () => {
  assert.equal(
    html`<p title="${`"'`}">${'<a & b>'}${7}${new Html('<br>')}</p>`.text,
    '<p title="&quot;&#39;">&lt;a &amp; b&gt;7<br></p>',
  )
  assert.equal(html`${[html`<i>${'<'}</i>`, html`<b></b>`]}`.text, '<i>&lt;</i>\n<b></b>')
})
