import { detector } from '../detectors/detectors.js'
import { learnsFromAnomalies } from '../detectors/objectives/objective.js'
import { provenance } from '../study/core/provenance.js'
import { paperDetectors } from './paperDetectors.js'
import type { DetectorsItem } from './paperItems.js'
import type { DetectorCell, DetectorsReproduction } from './types.js'

/** Table 2 as printed, references left out; a name in brackets is the one that tables and figures have. */
const printed: readonly Pick<DetectorCell, 'distance' | 'supervised' | 'paper'>[] = [
  { distance: 'hypersphere', supervised: false, paper: ['Deep SVDD'] },
  { distance: 'hypersphere', supervised: true, paper: ['Deep SAD', 'Hypersphere Classifier (HSC)'] },
  { distance: 'reconstruction', supervised: false, paper: ['Autoencoder (AE)'] },
  {
    distance: 'reconstruction',
    supervised: true,
    paper: ['Supervised AE (SAE)', 'Autoencoding Binary Classifier (ABC)'],
  },
]

/** Sorts the paper's detectors as this package has them, as Table 2 does: by what their score is of, and whether they learn from anomalies. */
export function reproduceDetectors({ name, title }: DetectorsItem): DetectorsReproduction {
  const began = performance.now()
  const detectors = paperDetectors.map((one) => {
    const objective = detector(one)
    const { title, distance, source } = objective
    return { name: one, title, source, distance, supervised: learnsFromAnomalies(objective) }
  })
  const cells = printed.map((cell): DetectorCell => {
    const own = detectors.filter((one) => one.distance === cell.distance && one.supervised === cell.supervised)
    const ours = own.map(({ name, title, source }) => ({ name, title, source }))
    return { ...cell, ours, agrees: ours.map((one) => one.title).join() === cell.paper.map(shortName).join() }
  })
  return {
    kind: 'detectors',
    item: name,
    title,
    simulated: false,
    cells,
    notes: [],
    warnings: [],
    ...provenance(began, ''),
  }
}

function shortName(printedName: string): string {
  return /\(([^)]+)\)$/.exec(printedName)?.[1] ?? printedName
}
