import { crc32, deflateSync } from 'node:zlib'
import { at, integer, list, type OptionChecks, record, requireOptions, text, wrongType } from '../../check.js'
import { attributionOf, classRows, type Dataset, requireLabels, sampleSize } from '../../data/core/dataset.js'
import { featureRange } from '../../data/tables/featureRange.js'
import { ScoringBiasError } from '../../errors.js'
import { escapeHtml } from '../html.js'
import { colours, fonts } from '../theme.js'

const gap = 8
const labelWidth = 150
const lineHeight = 22
/** Of the source's text, at the width that wide sans-serif fonts have. */
const smallLine = 14
const smallCharacter = 6

/** Options of {@link samplesSvg}. */
export interface SamplesOptions {
  /** Samples of each class, the first ones. Default 8. */
  readonly perClass?: number | undefined
}

const samplesChecks: OptionChecks<SamplesOptions> = { perClass: integer(1) }

/**
 * The first samples of every class as one SVG image: pictures and spectrograms in shades of grey (0 black, 1 white), the
 * features of a table as a line. The image says whose data it shows, and that they are simulated where they are.
 *
 * Errors: `UNKNOWN_NAME`, `WRONG_TYPE`, `OUT_OF_RANGE`, and `LENGTH_MISMATCH` for what is no data set.
 */
export function samplesSvg(dataset: Dataset, options?: SamplesOptions): string {
  const { perClass = 8 } = requireOptions('samplesSvg', options, samplesChecks)
  requireSamples(dataset)
  const { title, simulated, classes, sample, features } = dataset
  const size = sampleSize(dataset)
  const { cell, draw } = sample.length === 1 ? drawnLines(features) : drawnImages(sample)
  const top = lineHeight
  const grid = { width: labelWidth + perClass * (cell.width + gap), height: classes.length * (cell.height + gap) }
  const source = wrapped(attributionOf(dataset), Math.floor((grid.width - 2 * gap) / smallCharacter))
  const total = { width: grid.width, height: top + grid.height + gap + source.length * smallLine }
  const name = `${title}${simulated ? ' (simulated, not measured)' : ''}`
  const lines = [
    `<svg role="img" xmlns="http://www.w3.org/2000/svg" width="${total.width}" height="${total.height}" viewBox="0 0 ${total.width} ${total.height}" font-family="${escapeHtml(fonts)}" font-size="13" fill="${colours.ink}">`,
    `<title>${escapeHtml(`Samples of ${name}`)}</title>`,
    `<rect width="100%" height="100%" fill="${colours.page}"/>`,
    `<text x="${gap}" y="16">${escapeHtml(name)}</text>`,
  ]
  for (const [iClass, className] of classes.entries()) {
    const y = top + iClass * (cell.height + gap)
    lines.push(`<text x="${gap}" y="${y + cell.height / 2 + 4}">${escapeHtml(className)}</text>`)
    for (const [i, row] of classRows(dataset, iClass).subarray(0, perClass).entries()) {
      const x = labelWidth + i * (cell.width + gap)
      lines.push(draw(features.subarray(row * size, (row + 1) * size), { x, y, ...cell }))
    }
  }
  for (const [i, text] of source.entries()) {
    const y = top + grid.height + (i + 1) * smallLine
    lines.push(`<text x="${gap}" y="${y}" font-size="10" fill="${colours.muted}">${escapeHtml(text)}</text>`)
  }
  return [...lines, '</svg>', ''].join('\n')
}

/** Requires what is drawn of a data set. Errors: `WRONG_TYPE`, `OUT_OF_RANGE`, `LENGTH_MISMATCH`, `DETACHED`. */
function requireSamples(dataset: Dataset): void {
  record('dataset', dataset)
  const { title, attribution, sample, features, labels } = dataset
  text('title of dataset', title)
  text('attribution of dataset', attribution)
  requireLabels(dataset)
  list(integer(1))('sample', sample)
  if (!(features instanceof Float32Array)) throw wrongType('features', 'a Float32Array', features)
  const length = labels.length * sampleSize(dataset)
  if (features.length !== length) {
    const what = `features must have ${length} elements, those of ${labels.length} samples, got ${features.length}`
    throw new ScoringBiasError('LENGTH_MISMATCH', what)
  }
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

type Frame = Readonly<Record<'x' | 'y' | 'width' | 'height', number>>

/** How a sample is drawn, and in how much room. */
interface Drawn {
  readonly cell: Pick<Frame, 'width' | 'height'>
  readonly draw: (values: Float32Array, frame: Frame) => string
}

/** The last two dimensions of a sample as an image, the pixels so large that it can be made out. */
function drawnImages(sample: readonly number[]): Drawn {
  const [height, width] = [at(sample, sample.length - 2), at(sample, sample.length - 1)]
  const scale = Math.max(1, Math.round(56 / height))
  return {
    cell: { width: width * scale, height: height * scale },
    draw: (values, frame) => {
      const pixels = Uint8Array.from(values.subarray(0, width * height), (value) =>
        Math.round(255 * Math.min(1, Math.max(0, value))),
      )
      const data = Buffer.from(greyPng(pixels, width, height)).toString('base64')
      return (
        `<image x="${frame.x}" y="${frame.y}" width="${frame.width}" height="${frame.height}" style="image-rendering:pixelated" ` +
        `href="data:image/png;base64,${data}"/>`
      )
    },
  }
}

/** The features of a sample as a line, all samples between the same bounds. */
function drawnLines(features: Float32Array): Drawn {
  const [low, high] = featureRange(features)
  return {
    cell: { width: 120, height: 60 },
    draw: (values, { x, y, width, height }) => {
      const points = Array.from(values, (value, j) => {
        const right = x + (values.length === 1 ? width / 2 : (j * width) / (values.length - 1))
        const down = y + height * (1 - (value - low) / (high - low || 1))
        return `${right.toFixed(1)},${down.toFixed(1)}`
      })
      return `<polyline points="${points.join(' ')}" fill="none" stroke="${colours.baseline}"/>`
    },
  }
}

/** Pixels in row-major order, 0 black to 255 white, as a PNG file (ISO/IEC 15948), rows without filter. */
export function greyPng(pixels: Uint8Array, width: number, height: number): Uint8Array {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 8
  const rows = Buffer.alloc(height * (width + 1))
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}
