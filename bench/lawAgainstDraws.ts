// How far draws are from the laws in closed form: npm run bench:lawAgainstDraws [-- DRAWS] [--table]. Draws until each case has as
// many, goes on where bench/lawAgainstDraws.json ends, and writes it as it goes. --table only prints docs/exact-law.md's table
// of what is there.
import { cpus } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { at } from '../src/check.js'
import type { BiasLaw } from '../src/stats/bias/biasLaw.js'
import { confidenceLaws } from '../src/stats/bias/confidenceLaw.js'
import { exactLaws } from '../src/stats/bias/exactLaws.js'
import { pairNameOf } from '../src/stats/bias/relativeBias.js'
import { scoreSets } from '../src/stats/bias/sets.js'
import { bootstrapInput } from '../src/stats/bootstrap/bootstrap.js'
import { confidenceDraws } from '../src/stats/bootstrap/confidenceDraws.js'
import { benchFolder } from './harness.js'
import { correlatedDetectors } from './scores.js'
import { readGrid, writeGrid } from './shares.js'

const laws = ['bootstrap', 'confidence'] as const
const sizes = [
  [40, 1_000],
  [100, 60],
  [1_000, 200],
  [16_000, 4_000],
] as const
const [seeds, batch, nBins, fpr] = [4, 250_000, 400, 0.05]
const threads = 1

interface Cell {
  readonly number: number
  readonly law: (typeof laws)[number]
  readonly nNormal: number
  readonly nAnomalous: number
  readonly seed: number
  readonly draws: number
  /** [bin]: draws in it. */
  readonly counts: readonly number[]
}

const cells: Cell[] = laws.flatMap((law, l) =>
  sizes.flatMap(([nNormal, nAnomalous], s) =>
    Array.from({ length: seeds }, (_, seed) => {
      return {
        number: (l * sizes.length + s) * seeds + seed,
        law,
        nNormal,
        nAnomalous,
        seed: seed + 1,
        draws: 0,
        counts: [],
      }
    }),
  ),
)

/** Ends of bins of about the same probability, ascending, and what the law has up to each. */
interface Bins {
  readonly ends: readonly number[]
  readonly below: readonly number[]
}

function binsOf(law: BiasLaw): Bins {
  const inner = Array.from({ length: nBins - 1 }, (_, j) => law.lowest((share) => share >= (j + 1) / nBins))
  const ends = [...new Set(inner)]
  return { ends: [...ends, 1], below: [...ends.map((x) => law.atMost(x) - law.resolution), 1] }
}

async function questionOf({ law, nNormal, nAnomalous }: Cell) {
  const sets = scoreSets(
    correlatedDetectors(nNormal, nAnomalous),
    undefined,
    { fprs: [fpr], design: 'paired' },
    pairNameOf,
  )
  const options = { budget: Number.POSITIVE_INFINITY, threads }
  const found =
    law === 'bootstrap'
      ? await exactLaws(sets, options, pairNameOf)
      : await confidenceLaws(sets.input, options, pairNameOf)
  if (found === undefined) throw new RangeError('no budget is exceeded')
  return { sets, bins: binsOf(at(found.laws, 0)) }
}

async function grown(cell: Cell, { sets, bins }: Awaited<ReturnType<typeof questionOf>>): Promise<Cell> {
  const { law, seed, draws } = cell
  const { tpr } =
    law === 'bootstrap'
      ? await bootstrapInput(
          sets.input,
          { seed, firstReplicate: draws, resamples: batch, threads, engine: 'tree', outputs: { thresholds: false } },
          pairNameOf,
        )
      : await confidenceDraws(sets.input, { seed, first: draws, resamples: batch, threads }, pairNameOf)
  if (tpr === undefined) throw new RangeError('they were asked for')
  const counts = cell.counts.length === 0 ? bins.ends.map(() => 0) : [...cell.counts]
  for (let b = 0; b < batch; b++) {
    const xi = at(tpr, 2 * b + 1) - at(tpr, 2 * b)
    // Ends of the lattice are told apart from it by rounding alone.
    let [low, high] = [0, bins.ends.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (xi <= at(bins.ends, middle) + 1e-13) high = middle
      else low = middle + 1
    }
    counts[low] = at(counts, low) + 1
  }
  return { ...cell, draws: draws + batch, counts }
}

/** Kolmogorov's distance at the ends of bins, and χ² with the number of deviations that it is from its mean. */
function distances(
  counts: readonly number[],
  { below }: Bins,
): { kolmogorov: number; chiSquare: number; df: number; z: number } {
  const draws = counts.reduce((sum, count) => sum + count, 0)
  let [sum, kolmogorov, chiSquare] = [0, 0, 0]
  for (const [j, count] of counts.entries()) {
    sum += count
    kolmogorov = Math.max(kolmogorov, Math.abs(sum / draws - at(below, j)))
    const expected = draws * (at(below, j) - (below[j - 1] ?? 0))
    chiSquare += (count - expected) ** 2 / expected
  }
  const df = counts.length - 1
  // Wilson and Hilferty (1931).
  const spread = 2 / (9 * df)
  return { kolmogorov, chiSquare, df, z: (Math.cbrt(chiSquare / df) - 1 + spread) / Math.sqrt(spread) }
}

async function table(done: readonly Cell[]): Promise<string> {
  const lines = [
    '| law | normal + anomalous | seeds | draws | Kolmogorov | times √draws | of single seeds | χ² (degrees) | z |',
    '|---|---|---|---|---|---|---|---|---|',
  ]
  const groups = laws.flatMap((law) => sizes.map(([n]) => done.filter((own) => own.law === law && own.nNormal === n)))
  for (const own of groups.map((group) => group.filter(({ draws }) => draws > 0))) {
    const [first] = own
    if (first === undefined) continue
    const { bins } = await questionOf(first)
    const draws = own.reduce((sum, cell) => sum + cell.draws, 0)
    const all = distances(
      first.counts.map((_, j) => own.reduce((sum, { counts }) => sum + at(counts, j), 0)),
      bins,
    )
    const single = own.map((cell) => (distances(cell.counts, bins).kolmogorov * Math.sqrt(cell.draws)).toFixed(2))
    const size = `${first.nNormal.toLocaleString('en')} + ${first.nAnomalous.toLocaleString('en')}`
    const chi = `${all.chiSquare.toFixed(0)} (${all.df})`
    const scaled = (all.kolmogorov * Math.sqrt(draws)).toFixed(2)
    lines.push(
      `| ${first.law} | ${size} | ${own.length} | ${draws.toExponential(1)} | ${all.kolmogorov.toExponential(1)} | ${scaled} | ${single.join(', ')} | ${chi} | ${all.z.toFixed(1)} |`,
    )
  }
  return lines.join('\n')
}

const machine = `${cpus()[0]?.model ?? 'unknown'}, node ${process.versions.node}`
const path = join(benchFolder, 'lawAgainstDraws.json')
const [mode = '25000000'] = process.argv.slice(2)
const stored = readGrid<Cell>(path)
const grid = cells.map((cell) => stored.cells.find(({ number }) => number === cell.number) ?? cell)
if (mode !== '--table') {
  const questions = new Map<string, Awaited<ReturnType<typeof questionOf>>>()
  // Round by round, so that what is there is of all cases.
  for (let wanted = batch * 4; ; wanted *= 5) {
    const most = Math.min(wanted, Number(mode))
    for (const [i, cell] of grid.entries()) {
      const key = `${cell.law} ${cell.nNormal}`
      const question = questions.get(key) ?? (await questionOf(cell))
      questions.set(key, question)
      let own = cell
      while (own.draws < most) own = await grown(own, question)
      grid[i] = own
      if (own !== cell) writeGrid(path, { machine, cells: grid })
    }
    if (most === Number(mode)) break
  }
}
console.log(await table(grid))
