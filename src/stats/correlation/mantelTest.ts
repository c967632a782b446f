import { at, flag, numbers, type OptionChecks, oneOf, requireOptions, wrongType } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import { concordanceWith, denseRanks, identity, tauB } from './concordance.js'
import { type KendallOptions, type KendallTest, kendallChecks, requireNumbers } from './kendallTest.js'
import { permutationTest } from './permutationTest.js'

/** Philox stream of the permutations drawn; used for nothing else. */
const stream = 0x4d414e54

/** Options of {@link mantelTest}. */
export interface MantelOptions extends KendallOptions {
  /** Whether the cells of a thing with itself count. Default false. */
  readonly diagonal?: boolean | undefined
  /** Which pairs of cells are compared: all, or those in the same row. Default `all`. */
  readonly pairs?: 'all' | 'row' | undefined
}

const checks: OptionChecks<MantelOptions> = {
  ...kendallChecks,
  diagonal: flag,
  pairs: oneOf('kind of pairs', ['all', 'row']),
}

/**
 * Mantel's test (Cancer Research 27, 1967) with Kendall's τ-b: whether two square tables over the same n things go together.
 *
 * Cells that share a thing are not independent, so things are permuted, not cells: rows and columns of `y` jointly. With
 * `pairs: 'row'` τ counts only pairs of cells in the same row, and so leaves out what differs between whole rows. The
 * diagonal stays the diagonal under every permutation. NaN and 1 where a table is constant.
 *
 * Exact for up to eight things, with the diagonal or without, all pairs or rows (see `permutationTest`). Synchronous: under
 * a second for ten things, and 10,000·n²·log n steps beyond.
 * Errors: `EMPTY_SAMPLE`, `WRONG_TYPE`, `LENGTH_MISMATCH`, `NOT_A_NUMBER`, `OUT_OF_RANGE`.
 *
 * @param x `[n][n]`; need not be symmetric
 * @param y the same
 */
export function mantelTest(
  x: readonly (readonly number[])[],
  y: readonly (readonly number[])[],
  options: MantelOptions = {},
): KendallTest {
  const { seed = 0, diagonal = false, pairs = 'all' } = requireOptions('mantelTest', options, checks)
  for (const [name, table] of Object.entries({ x, y })) requireTable(name, table)
  const n = x.length
  const cells = x.flatMap((_, i) => x.flatMap((_, j) => (i === j && !diagonal ? [] : [[i, j] as const])))
  const ranksX = denseRanks(valuesOf('x', x, cells, n))
  const ranksY = denseRanks(valuesOf('y', y, cells, n))
  const width = pairs === 'row' ? cells.length / n : cells.length
  const places = new Uint32Array(n * n)
  for (const [place, [i, j]] of cells.entries()) places[i * n + j] = place
  const moved = new Uint32Array(cells.length)
  const concordance = concordanceWith(ranksX, width)
  const statistic = (order: Uint32Array): number => {
    for (const [place, [i, j]] of cells.entries()) moved[place] = at(places, at(order, i) * n + at(order, j))
    return concordance(ranksY, moved)
  }
  const tau = tauB(statistic(identity(n)), ranksX, ranksY, width)
  return { tau, ...permutationTest(n, statistic, { seed, stream, steps: (cells.length * (width - 1)) / 2 }) }
}

function requireTable(name: string, table: unknown): void {
  if (!Array.isArray(table)) throw wrongType(name, 'an array of rows', table)
  for (const [i, row] of table.entries()) numbers(`${name}[${i}]`, row)
}

function valuesOf(
  name: string,
  table: readonly (readonly number[])[],
  cells: readonly (readonly [number, number])[],
  n: number,
): number[] {
  const odd = table.findIndex((row) => row.length !== n)
  if (table.length !== n || odd >= 0) {
    const what = table.length === n ? `row ${odd} has ${table[odd]?.length} columns` : `it has ${table.length} rows`
    throw new ScoringBiasError('LENGTH_MISMATCH', `${name} must have ${n} rows and columns: ${what}`)
  }
  const values = cells.map(([i, j]) => at(at(table, i), j))
  requireNumbers(name, values)
  return values
}
