import { Command } from 'commander'
import { at } from '../check.js'
import { counted, formatCount } from '../counted.js'
import { openTable } from '../data/tables/openTable.js'
import { repeated } from '../data/tables/tableReader.js'
import type { DetectorMetadata } from '../detectors/detectorMetadata.js'
import { type ScoredBatch, scoreTable } from '../detectors/scoreTable.js'
import { ScoringBiasError } from '../errors.js'
import type { OnProgress } from '../progress.js'
import { csvField } from '../report/csvField.js'
import { formatGiven, formatPercent } from '../report/format.js'
import { jsonText } from '../report/jsonText.js'
import { withSchema } from '../report/schemaNames.js'
import { warningLines } from '../report/words.js'
import type { DeviceRequest } from '../runtime/device.js'
import { AtomicFile } from '../writeFile.js'
import { names, number } from './flags.js'
import { type CliContext, checkPaths } from './output.js'
import { withProgress } from './progress.js'
import { deviceFlag } from './trainingFlags.js'

interface ScoreFlags {
  output?: string
  keep?: string[]
  batch?: number
  device: DeviceRequest
  json?: true
  quiet?: true
}

/** `scoring-bias score <model> <data>`: scores a file with a saved detector, in batches. */
export function scoreCommand(context: CliContext): Command {
  return new Command('score')
    .description('score a file with a detector that train has written; CSV of row (from 1), score and flagged')
    .argument('<model>', 'the detector, an ONNX file')
    .argument(
      '<data>',
      'a CSV, TSV, JSONL, Parquet, NPY or NPZ file with the features of the detector; - is CSV from stdin',
    )
    .option('-o, --output <path>', 'where to write the scores (default: stdout)')
    .option('--keep <columns>', 'columns of the file to hand on, with commas', names)
    .option(
      '--batch <n>',
      'samples read and scored at once; below 80, last bits of a LeNet may differ (default: 4096)',
      number,
    )
    .addOption(deviceFlag('score'))
    .option('--json', 'print the summary as one JSON object: to stdout, or to stderr where the scores go to stdout')
    .option('--quiet', 'no progress and no summary; warnings all the same')
    .action((model: string, data: string, flags: ScoreFlags) => score(model, data, flags, context))
}

async function score(
  model: string,
  data: string,
  flags: ScoreFlags,
  { stdout, stderr, signal }: CliContext,
): Promise<void> {
  const { output, keep, batch, device, json, quiet } = flags
  requireKeptNames(keep)
  await checkPaths({ '--output': output }, [model, data])
  const began = performance.now()
  const { loadDetector } = await import('../detectors/loadDetector.js')
  const detector = await loadDetector(model, { device, signal })
  try {
    const table = await openTable(data, { signal })
    try {
      const counts = await withProgress(stderr, { quiet }, (onProgress) =>
        write(scoreTable(detector, table, { keep, batchRows: batch, signal }), flags, stdout, onProgress),
      )
      if (counts === undefined) return
      const elapsedSeconds = (performance.now() - began) / 1000
      const summary = summaryOf(detector.metadata, { model, data: table.name, output, ...counts, elapsedSeconds })
      if (json) (output === undefined ? stderr : stdout).write(`${jsonText(withSchema('score', summary))}\n`)
      else {
        const told = [...(quiet ? [] : [summaryText(summary)]), ...warningLines(summary.warnings)]
        for (const line of told) stderr.write(`${line}\n`)
      }
    } finally {
      await table.close()
    }
  } finally {
    await detector.close()
  }
}

/** The columns that are written of every sample. */
const ownColumns = ['row', 'score', 'flagged'] as const

/** Requires that no two columns of what is written have one name. Errors: `OUT_OF_RANGE`. */
function requireKeptNames(keep: readonly string[] = []): void {
  const twice = repeated([...ownColumns, ...keep])
  if (twice === undefined) return
  const isOwn = ownColumns.some((column) => column === twice)
  const problem = isOwn
    ? `--keep has '${twice}', and score writes a column of that name itself (${ownColumns.join(', ')}). Leave it out, or rename it in the file`
    : `--keep has '${twice}' twice. Name it once`
  throw new ScoringBiasError('OUT_OF_RANGE', problem)
}

interface Counts {
  readonly n: number
  readonly flagged: number
  readonly warnings: readonly string[]
}

/** Writes the scores as they come, to a file, whole or not at all, or to stdout; undefined where nobody reads them any more. */
async function write(
  batches: AsyncIterable<ScoredBatch>,
  { keep = [], output }: ScoreFlags,
  stdout: CliContext['stdout'],
  onProgress: OnProgress,
): Promise<Counts | undefined> {
  const file = output === undefined ? undefined : await AtomicFile.create(output)
  const put = (text: string) => (file === undefined ? writeThrough(stdout, text) : file.write(text))
  const isWanted = () => file !== undefined || stdout.isLost !== true
  let n = 0
  let flagged = 0
  const lowest = new LowestScores()
  try {
    let lines = `${[...ownColumns, ...keep].map(csvField).join()}\n`
    for await (const batch of batches) {
      await put(lines + csvLines(batch))
      if (!isWanted()) return undefined
      lines = ''
      n += batch.scores.length
      for (const flag of batch.flagged) flagged += flag
      lowest.record(batch)
      onProgress({ phase: 'scoring', done: n, total: Number.POSITIVE_INFINITY })
    }
    await put(lines)
    await file?.commit()
    return { n, flagged, warnings: lowest.warnings(n) }
  } catch (error) {
    await file?.discard()
    throw error
  }
}

/** Counts scores of −∞, which a linear head gives to samples that are far out on the side of normal ones. */
class LowestScores {
  #n = 0
  #firstRow = 0

  record({ firstRow, scores }: ScoredBatch): void {
    for (const [i, score] of scores.entries()) {
      if (score !== Number.NEGATIVE_INFINITY) continue
      if (this.#n === 0) this.#firstRow = firstRow + i + 1
      this.#n++
    }
  }

  warnings(nSamples: number): string[] {
    if (this.#n === 0) return []
    return [
      `the score of ${formatCount(this.#n)} of ${counted(nSamples, 'sample')} is −Infinity, first in row ${formatCount(this.#firstRow)}. There the ` +
        "detector's linear score overflows float32 on the side of normal samples, and nothing is flagged, however far out it is. " +
        'Look for numbers far out among the features, such as 3.4e38 for a missing one',
    ]
  }
}

/** Rows count from 1, as in messages. Scores in full, so that comparing them with the threshold gives the flags. */
function csvLines({ firstRow, scores, flagged, kept }: ScoredBatch): string {
  let lines = ''
  for (const [i, score] of scores.entries()) {
    lines += `${firstRow + i + 1},${score},${at(flagged, i)}`
    for (const column of kept) lines += `,${csvField(at(column, i))}`
    lines += '\n'
  }
  return lines
}

/** Waits where the reader of stdout is slower than we are. */
async function writeThrough(stdout: CliContext['stdout'], text: string): Promise<void> {
  stdout.write(text)
  await stdout.drained?.()
}

type Summary = ReturnType<typeof summaryOf>

function summaryOf(
  { detector, threshold, fpr: targetFpr }: DetectorMetadata,
  run: Counts & { model: string; data: string; output: string | undefined; elapsedSeconds: number },
) {
  return { ...run, flaggedShare: run.n === 0 ? 0 : run.flagged / run.n, detector, threshold, targetFpr }
}

function summaryText({ n, flagged, flaggedShare, targetFpr, data, output, elapsedSeconds }: Summary): string {
  const where = output === undefined ? '' : ` Scores written to ${output}.`
  return (
    `${formatCount(flagged)} of ${counted(n, 'sample')} of ${data} flagged (${formatPercent(flaggedShare)}; ` +
    `the threshold was set for ${formatGiven(targetFpr)} of normal samples).${where} Took ${elapsedSeconds.toFixed(1)} s.`
  )
}
