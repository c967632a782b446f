import { measureEngine } from './bootstrap.js'
import { type Case, ownCommand, type Subject } from './harness.js'

const name = 'engines'

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
  return (['paired', 'independent'] as const).flatMap((design) =>
    sizes.flatMap(([nNormal, nAnomalous, nClasses, nFprs]) =>
      ['direct', 'tree', 'auto'].map((engine) => ({
        input: `${design}, ${nNormal.toLocaleString('en')} + ${nAnomalous.toLocaleString('en')} × ${nClasses}, ${nFprs} targets`,
        contestant: engine,
        command: ownCommand(name, 'engine', { design, nNormal, nAnomalous, nClasses, nFprs, engine }),
      })),
    ),
  )
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
