import { at } from '../../check.js'
import { cellsOf, mergedCells, type ScoreCells } from '../../scores/scoreCells.js'
import type { CollectedScores } from '../../scores/scoreCollector.js'
import type { ScoreData } from '../types.js'

/** Scores of one part, with where all of its normals lie. */
export async function keptScores({
  below,
  ...scores
}: CollectedScores & Pick<ScoreData, 'source' | 'detectors'>): Promise<ScoreData> {
  if (below === undefined) return scores
  const { cuts, cells: leftOut, ...others } = below
  const cells: ScoreCells[] = []
  for (const [d, normals] of scores.validation.entries()) {
    cells.push(mergedCells(at(leftOut, d), await cellsOf(normals)))
  }
  const part = { name: scores.source, nNormal: others.nNormal, cuts, cells }
  return { ...scores, below: { ...others, parts: [part] } }
}
