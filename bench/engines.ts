import { measureEngine } from './bootstrap.js'
import { type Case, ownCommand, type Subject } from './harness.js'

const name = 'engines'

/** For how many replicates a table of thresholds pays. */
const tables = [
  [1_000, 200],
  [16_000, 4_000],
  [100_000, 20_000],
  [1_000_000, 100_000],
] as const

const sizes = [
  [30, 10, 1, 1],
  [100, 30, 1, 1],
  [1_000, 200, 1, 1],
  [1_000, 200, 5, 1],
  [1_000, 200, 1, 5],
  [10_000, 1_000, 1, 5],
  [10_000, 1_000, 1, 20],
  [100_000, 10_000, 5, 1],
  [100_000, 10_000, 1, 20],
  [100_000, 10_000, 1, 100],
] as const

function cases(): Case[] {
  const pairs = tables.flatMap(([nNormal, nAnomalous]) =>
    ['tree', 'table'].map((engine) => ({
      input: `paired, ${nNormal.toLocaleString('en')} + ${nAnomalous.toLocaleString('en')}, TPRs alone`,
      contestant: engine,
      command: ownCommand(name, 'engine', { nNormal, nAnomalous, engine }),
    })),
  )
  const all = (['paired', 'independent'] as const).flatMap((design) =>
    sizes.flatMap(([nNormal, nAnomalous, nClasses, nFprs]) =>
      ['direct', 'tree', 'auto'].map((engine) => ({
        input: `${design}, ${nNormal.toLocaleString('en')} + ${nAnomalous.toLocaleString('en')} × ${nClasses}, ${nFprs} targets`,
        contestant: engine,
        command: ownCommand(name, 'engine', { design, nNormal, nAnomalous, nClasses, nFprs, engine }),
      })),
    ),
  )
  return [...all, ...pairs]
}

export const enginesSubject: Subject = {
  name,
  about:
    'What the rule of auto (src/stats/bootstrap/engine.ts) is fitted to: microseconds a replicate of both engines for two ' +
    'detectors, on one thread, on normals + anomalies of so many classes, at so many target FPRs.',
  trials: 1,
  cases,
  ours: { engine: measureEngine },
}
