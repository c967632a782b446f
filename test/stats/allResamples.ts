import assert from 'node:assert/strict'
import { at } from '../../src/check.js'
import { type ExactLaws, exactLaws } from '../../src/stats/bias/exactLaws.js'
import { pairNameOf } from '../../src/stats/bias/relativeBias.js'
import { scoreSets } from '../../src/stats/bias/sets.js'
import type { ScorePair } from '../../src/stats/bias/types.js'

type Design = 'paired' | 'independent'

/** Scores of both detectors, and the class of each anomaly of each. */
export interface Case {
  readonly pairs: readonly [ScorePair, ScorePair]
  readonly classes: readonly [readonly number[], readonly number[]]
  readonly fpr: number
  readonly design: Design
}

const unlimited = { budget: Number.POSITIVE_INFINITY } as const

export async function lawsOf({ pairs, classes, fpr, design }: Case, threads = 1): Promise<ExactLaws> {
  const detectors = pairs.map(({ normal, anomalous }) => ({ normal, anomalous: [anomalous] }))
  const labels = classes.map((own) => ({ name: 'classes', labels: design === 'paired' ? classes[0] : own }))
  const sets = scoreSets(detectors, labels, { fprs: [fpr], design }, pairNameOf)
  return (await exactLaws(sets, { ...unlimited, threads }, pairNameOf)) ?? assert.fail('no budget is exceeded')
}

/** All resamples of some places, each as the places drawn. */
function resamplesOf(places: readonly number[]): number[][] {
  let drawn: number[][] = [[]]
  for (const _ of places) drawn = drawn.flatMap((some) => places.map((place) => [...some, place]))
  return drawn
}

/** A law as a map from values, as text, to probabilities. */
export type Table = Map<string, { readonly values: readonly number[]; probability: number }>

function add(table: Table, values: readonly number[], probability: number): void {
  const key = values.map((x) => Math.round(x * 5040)).join()
  const found = table.get(key)
  if (found === undefined) table.set(key, { values, probability })
  else found.probability += probability
}

/** The joint law of ξ* on some sets of anomalies, given [detector][set] → rows, by all resamples of normals and anomalies. */
export function enumerated({ pairs, fpr, design }: Case, sets: readonly (readonly (readonly number[])[])[]): Table {
  const flagged = (d: number, drawn: readonly number[]) => {
    const { normal, anomalous } = at(pairs, d)
    const sorted = drawn.map((i) => at(normal, i)).sort((a, b) => b - a)
    const threshold = at(sorted, Math.floor(fpr * sorted.length + 1e-9))
    return Array.from(anomalous, (score) => Number(score > threshold))
  }
  const everyRow = (d: number) => Array.from(at(pairs, d).normal, (_, i) => i)
  const paired = design === 'paired'
  const draws = paired
    ? resamplesOf(everyRow(0)).map((drawn) => [drawn, drawn])
    : resamplesOf(everyRow(0)).flatMap((one) => resamplesOf(everyRow(1)).map((other) => [one, other]))
  const table: Table = new Map()
  for (const drawn of draws) {
    const flags = [0, 1].map((d) => flagged(d, at(drawn, d)))
    const recall = (d: number, rows: readonly number[]) =>
      rows.reduce((sum, row) => sum + at(at(flags, d), row), 0) / rows.length
    let joint: { readonly values: readonly number[]; readonly probability: number }[] = [{ values: [], probability: 1 }]
    for (const [baseline, candidate] of sets) {
      assert.ok(baseline !== undefined && candidate !== undefined)
      const own: Table = new Map()
      const first = resamplesOf(baseline)
      const second = paired ? undefined : resamplesOf(candidate)
      for (const one of first) {
        for (const other of second ?? [one]) {
          add(own, [recall(1, other) - recall(0, one)], 1 / (first.length * (second?.length ?? 1)))
        }
      }
      joint = joint.flatMap((so) =>
        [...own.values()].map(({ values, probability }) => ({
          values: [...so.values, ...values],
          probability: so.probability * probability,
        })),
      )
    }
    for (const { values, probability } of joint) add(table, values, probability / draws.length)
  }
  return table
}

/** [set][detector]: rows of the classes in the order in which they first occur. */
export function rowsOf({ classes }: Case): number[][][] {
  return [...new Set(classes[0])].map((k) => classes.map((own) => own.flatMap((each, i) => (each === k ? [i] : []))))
}

export const close = (actual: number, expected: number, within: number, what: string) =>
  assert.ok(Math.abs(actual - expected) <= within, `${what}: ${actual}, expected ${expected} ± ${within}`)
