import { types } from 'node:util'
import { integer, list, record, requireFinite, requireInteger, text, wrongType } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import type { ScoreCells } from '../../scores/scoreCells.js'
import { requireScoreSets } from '../scoreData.js'
import type { LeftOutNormals, PartNormals, ScoreData } from '../types.js'

/**
 * Requires that what scores say of normals that were left out fits them: `readSummaries` makes it so, and a caller's hand may not.
 * Errors: `WRONG_TYPE`, `LENGTH_MISMATCH`, `OUT_OF_RANGE`, `EMPTY_SAMPLE`; those of {@link requireScoreSets}.
 */
export function requireLeftOut(data: ScoreData, below: LeftOutNormals): void {
  requireScoreSets(data)
  record('below', below)
  const { nNormal, nTest, positions, parts, groups } = below
  const kept = Math.max(...data.validation.map(({ length }) => length))
  requireInteger('below.nNormal', nNormal, kept)
  requireInteger('below.nTest', nTest, 0)
  doubles('below.positions', positions, kept)
  const least = (i: number) => (i === 0 ? 0 : (positions[i - 1] ?? 0) + 1)
  const wrong = positions.findIndex((place, i) => !Number.isInteger(place) || place < least(i) || place >= nNormal)
  if (wrong >= 0) requireInteger(`below.positions[${wrong}]`, positions[wrong], least(wrong), nNormal - 1)
  list(record)('below.parts', parts)
  if (parts.length === 0) throw new ScoringBiasError('EMPTY_SAMPLE', 'below.parts is empty: at least one is needed')
  for (const [i, part] of parts.entries()) requirePart(`below.parts[${i}]`, part, data.detectors.length)
  if (data.groups === undefined) return
  if (!types.isMap(groups)) throw wrongType('below.groups', 'a Map of names and numbers of samples', groups)
  for (const [name, count] of groups) {
    text('a name in below.groups', name)
    requireInteger(`below.groups.get('${name}')`, count, 0, nNormal)
  }
}

function requirePart(name: string, { name: own, nNormal, cuts, cells }: PartNormals, nDetectors: number): void {
  text(`${name}.name`, own)
  requireInteger(`${name}.nNormal`, nNormal, 0)
  doubles(`${name}.cuts`, cuts, nDetectors)
  list(record)(`${name}.cells`, cells)
  requireLength(`${name}.cells`, cells.length, nDetectors)
  for (const [d, own] of cells.entries()) requireCells(`${name}.cells[${d}]`, own)
}

function requireCells(name: string, { bits, values, counts }: ScoreCells): void {
  integer(0, 63)(`${name}.bits`, bits)
  doubles(`${name}.values`, values)
  doubles(`${name}.counts`, counts, values.length)
  const wrong = counts.findIndex((count) => !Number.isFinite(count))
  if (wrong >= 0) requireFinite(`${name}.counts[${wrong}]`, counts[wrong])
}

function doubles(name: string, value: unknown, length?: number): asserts value is Float64Array {
  if (!types.isFloat64Array(value)) throw wrongType(name, 'a Float64Array', value)
  if (length !== undefined) requireLength(name, value.length, length)
}

function requireLength(name: string, length: number, wanted: number): void {
  if (length === wanted) return
  throw new ScoringBiasError('LENGTH_MISMATCH', `${name} must have ${wanted} elements, got ${length}`)
}
