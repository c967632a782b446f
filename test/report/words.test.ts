import assert from 'node:assert/strict'
import { test } from 'node:test'
import { detectorTitle } from '../../src/detectors/detectors.js'
import { Html, html } from '../../src/report/html.js'
import { headline } from '../../src/report/study/studyText.js'
import { enumerate } from '../../src/report/words.js'
import { study } from './study/studyFixture.js'

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
      'No difference is shown on red soil: the simultaneous 95 % interval includes 0.',
  )
})

test('the headline without any clear change claims none', () => {
  const classes = study.classes.slice(1, 2)
  assert.equal(
    headline({ ...study, classes }),
    'No difference is shown on red soil: the simultaneous 95 % interval includes 0.',
  )
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

test('names that are written from right to left stand for themselves in text, and nowhere else', () => {
  const [name, other] = ['שלום עולם', 'مرحبا']
  assert.equal(
    html`<p>${`${name} (ξ +0.1), ${other} and a`}</p>`.text,
    `<p><bdi>${name}</bdi> (ξ +0.1), <bdi>${other}</bdi> and a</p>`,
  )
  assert.equal(html`<th title="${name}">${name}</th>`.text, `<th title="${name}"><bdi>${name}</bdi></th>`)
  assert.equal(
    html`<title>${name}</title><option value="${1}">${name}</option>`.text,
    `<title>${name}</title><option value="1">${name}</option>`,
  )
  assert.equal(html`<p>漢字 a</p>`.text, '<p>漢字 a</p>')
})
