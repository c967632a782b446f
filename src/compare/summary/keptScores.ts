import { at } from '../../check.js'
import { GrowingScores } from '../../scores/growingScores.js'
import { NormalsLeftOut } from '../../scores/normalsBelow.js'
import { cellsOf, mergedCells, type ScoreCells } from '../../scores/scoreCells.js'
import type { CollectedScores } from '../../scores/scoreCollector.js'
import type { ScoreData } from '../types.js'
import { largest } from './normalWindow.js'

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

/** Scores without the normals beyond a rank, from the largest score of each detector. */
export async function windowedScores(
  { groups, ...data }: ScoreData,
  reach: (nNormal: number) => number,
): Promise<ScoreData> {
  const validation = data.validation.map((scores) => GrowingScores.of(new Float64Array(scores)))
  const test = (data.test ?? data.detectors.map(() => new Float64Array(0))).map((scores) =>
    GrowingScores.of(new Float64Array(scores)),
  )
  const labels = { normal: groups === undefined ? [] : Array.from(groups.normal, String) }
  const leftOut = new NormalsLeftOut(data.detectors.length, groups !== undefined)
  const normals = validation.map((scores) => scores.view())
  await leftOut.leaveOut({ validation, test, groups: labels }, await largest(normals, reach(at(normals, 0).length)))
  const below = leftOut.finish(at(validation, 0).length, at(test, 0).length)
  const values = (stores: readonly GrowingScores[]) => stores.map((store) => store.values())
  return keptScores({
    ...data,
    validation: values(validation),
    test: data.test && values(test),
    anomalous: data.anomalous.map((scores) => new Float64Array(scores)),
    classes: data.classes,
    ...(groups && { groups: { normal: labels.normal, anomalous: Array.from(groups.anomalous, String) } }),
    notes: data.notes ?? [],
    below,
  })
}
