import { attributionOf, classRows, type Dataset } from '../../data/dataset.js'
import { featureRange } from '../../data/tables/featureRange.js'
import { escapeHtml } from '../html.js'
import { colours, fonts } from '../theme.js'
import { greyPng } from './png.js'

const gap = 8
const labelWidth = 150
const lineHeight = 22
/** Of the source's text, at the width that wide sans-serif fonts have. */
const smallLine = 14
const smallCharacter = 6

export interface SamplesOptions {
  /** Samples of each class, the first ones. Default 8. */
  readonly perClass?: number
}

/**
 * The first samples of every class as one SVG image: pictures and spectrograms in shades of grey (0 black, 1 white), the
 * features of a table as a line. The image says whose data it shows, and that they are simulated where they are.
 */
export function samplesSvg(dataset: Dataset, { perClass = 8 }: SamplesOptions = {}): string {
  const { title, simulated, classes, sample, features } = dataset
  const [height, width] = sample.length === 1 ? [60, 120] : [sample.at(-2) ?? 1, sample.at(-1) ?? 1]
  const scale = Math.max(1, Math.round(56 / height))
  const cell = { width: width * scale, height: height * scale }
  const size = sample.reduce((product, dim) => product * dim, 1)
  const range = sample.length === 1 ? featureRange(features) : ([0, 1] as const)
  const top = lineHeight
  const grid = { width: labelWidth + perClass * (cell.width + gap), height: classes.length * (cell.height + gap) }
  const source = wrapped(attributionOf(dataset), Math.floor((grid.width - 2 * gap) / smallCharacter))
  const total = { width: grid.width, height: top + grid.height + gap + source.length * smallLine }
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${total.width}" height="${total.height}" viewBox="0 0 ${total.width} ${total.height}" font-family="${escapeHtml(fonts)}" font-size="13" fill="${colours.ink}">`,
    `<rect width="100%" height="100%" fill="${colours.page}"/>`,
    `<text x="${gap}" y="16">${escapeHtml(`${title}${simulated ? ' (simulated, not measured)' : ''}`)}</text>`,
  ]
  for (const [iClass, name] of classes.entries()) {
    const y = top + iClass * (cell.height + gap)
    lines.push(`<text x="${gap}" y="${y + cell.height / 2 + 4}">${escapeHtml(name)}</text>`)
    for (const [i, row] of classRows(dataset, iClass).subarray(0, perClass).entries()) {
      const x = labelWidth + i * (cell.width + gap)
      const values = features.subarray(row * size, (row + 1) * size)
      lines.push(sample.length === 1 ? polyline(values, range, x, y, cell) : image(values, width, height, x, y, cell))
    }
  }
  for (const [i, text] of source.entries()) {
    const y = top + grid.height + (i + 1) * smallLine
    lines.push(`<text x="${gap}" y="${y}" font-size="10" fill="${colours.muted}">${escapeHtml(text)}</text>`)
  }
  return [...lines, '</svg>', ''].join('\n')
}

/** Words in lines of at most so many characters, where a word has no more. */
function wrapped(text: string, most: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= most) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

interface Size {
  readonly width: number
  readonly height: number
}

function image(values: Float32Array, width: number, height: number, x: number, y: number, cell: Size): string {
  const pixels = Uint8Array.from(values.subarray(0, width * height), (value) =>
    Math.round(255 * Math.min(1, Math.max(0, value))),
  )
  const data = Buffer.from(greyPng(pixels, width, height)).toString('base64')
  return (
    `<image x="${x}" y="${y}" width="${cell.width}" height="${cell.height}" style="image-rendering:pixelated" ` +
    `href="data:image/png;base64,${data}"/>`
  )
}

function polyline(
  values: Float32Array,
  [low, high]: readonly [number, number],
  x: number,
  y: number,
  { width, height }: Size,
): string {
  const points = Array.from(values, (value, j) => {
    const right = x + (values.length === 1 ? width / 2 : (j * width) / (values.length - 1))
    const down = y + height * (1 - (value - low) / (high - low || 1))
    return `${right.toFixed(1)},${down.toFixed(1)}`
  })
  return `<polyline points="${points.join(' ')}" fill="none" stroke="${colours.baseline}"/>`
}
