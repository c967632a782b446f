// The report's script. It is put into the page as it stands, with the formats in place of their import, and its functions are
// tested where there is no page.
import { formatGiven, formatRate, formatSigned, formatThreshold } from '../format.js'

/** Every column of counts or thresholds at every target, from what the page holds of it. */
export function unpack(live) {
  const detectors = live.detectors.map(({ thresholds, falseAlarms, detected }) => ({
    thresholds: thresholds.split(' ').map(Number),
    falseAlarms: runningSum(falseAlarms),
    detected: detected.map(runningSum),
  }))
  return { ...live, detectors }
}

/** The text of one number at target number `i`: what it is of which detector on which set of samples. */
export function textOf(points, i, { kind, detector, set }) {
  const { thresholds, falseAlarms } = points.detectors[detector]
  const tpr = (d) => points.detectors[d].detected[set][i] / points.n[set]
  switch (kind) {
    case 'threshold':
      return formatThreshold(thresholds[i])
    case 'fpr':
      return formatRate(falseAlarms[i] / points.nNormal, 4)
    case 'tpr':
      return formatRate(tpr(detector), 3)
    case 'xi':
      return formatSigned(tpr(detector) - tpr(0), 3)
    default:
      throw new Error(`there is no number called ${kind}`)
  }
}

/** How far along an axis a value is, from 0 to 1; values beyond an end are at it. */
export function along({ scale, low, high }, value) {
  const place = scale === 'log' ? Math.log : (x) => x
  if (!(value > low)) return 0
  if (!(value < high)) return 1
  return (place(value) - place(low)) / (place(high) - place(low))
}

function runningSum(steps) {
  let sum = 0
  return steps.map((step) => {
    sum += step
    return sum
  })
}

function start(page) {
  const source = page.getElementById('live-data')
  if (source === null) return
  const points = unpack(JSON.parse(source.textContent))
  const slider = page.getElementById('live-target')
  const choice = page.getElementById('live-set')
  const texts = Array.from(page.querySelectorAll('[data-live]'), (element) => ({
    element,
    what: {
      kind: element.dataset.live,
      detector: Number(element.dataset.detector),
      set: Number(element.dataset.set),
    },
  }))
  const targets = page.querySelectorAll('[data-live-target]')
  const charts = Array.from(page.querySelectorAll('[data-axis]'), (element) => ({
    element,
    axis: JSON.parse(element.dataset.axis),
    whole: element.innerHTML,
  }))
  const chosen = () => (choice === null ? 0 : Number(choice.value))
  const show = () => {
    const i = Number(slider.value)
    const target = formatGiven(points.fprs[i])
    slider.setAttribute('aria-valuetext', target)
    for (const element of targets) element.textContent = target
    for (const { element, what } of texts) element.textContent = textOf(points, i, what)
    for (const { element, axis } of charts) moveMarks(element, axis, { points, i, set: chosen() })
    page.body.classList.toggle('moved', i !== points.iTarget)
  }
  const choose = () => {
    for (const { element, axis, whole } of charts) {
      element.innerHTML = whole
      const small = chosen() === 0 ? null : page.getElementById(`${axis.small}-${chosen()}`)
      if (small !== null) drawClass(element, small)
    }
    for (const element of page.querySelectorAll('[data-live-set]')) {
      element.textContent = choice.selectedOptions[0].textContent
    }
    show()
  }
  slider.addEventListener('input', show)
  page.getElementById('live-reset').addEventListener('click', () => {
    slider.value = String(points.iTarget)
    show()
  })
  for (const element of page.querySelectorAll('[data-needs-script]')) element.hidden = false
  for (const element of page.querySelectorAll('[data-without-script]')) element.open = false
  if (choice !== null) choice.addEventListener('change', choose)
  show()
}

/** Puts the lines of a class in the place of those of all anomalies; they are in units of half a pixel. */
function drawClass(chart, small) {
  for (const shape of chart.querySelectorAll('.xi_band_marks, .xi_bands_marks')) shape.remove()
  for (const own of small.querySelectorAll('[data-mark]')) {
    const [first, ...rest] = chart.querySelectorAll(`.${own.dataset.mark}_marks path`)
    for (const shape of rest) shape.remove()
    first.setAttribute('d', own.getAttribute('d'))
    first.setAttribute('transform', 'scale(.5)')
    first.setAttribute('vector-effect', 'non-scaling-stroke')
  }
}

/** Moves the lines and dots of a chart to where they belong at target number `i` on a set of samples. */
function moveMarks(chart, axis, { points, i, set }) {
  const move = (mark, x, y) => {
    for (const shape of chart.querySelectorAll(`.${mark}_marks > *`)) {
      const down = y === undefined ? 0 : (1 - y) * axis.height
      shape.setAttribute('transform', `translate(${along(axis, x) * axis.width},${down})`)
    }
  }
  move('target', points.fprs[i])
  if (axis.detector !== undefined) {
    for (const mark of ['density_threshold', 'ecdf_threshold'])
      move(mark, points.detectors[axis.detector].thresholds[i])
  }
  for (const [mark, d] of Object.entries(axis.dots ?? {})) {
    const { falseAlarms, detected } = points.detectors[d]
    move(mark, falseAlarms[i] / points.nNormal, detected[set][i] / points.n[set])
  }
}

if (typeof document !== 'undefined') start(document)
