import { detector } from '../detectors/detectors.js'
import { type PaperDetector, paperDetectors, printedName } from './paperDetectors.js'
import { paperUse, type TableItem } from './paperItems.js'

/** Of results that less was done for than published. */
export const smallerNote = 'epochs or samples are fewer than published'

/** Of results with detectors that the method pretrains. */
export function pretrainingNotes(detectors: readonly PaperDetector[], pretrainEpochs: number): string[] {
  const pretrained = detectors.filter((name) => detector(name).centre === 'pretrained').map(printedName)
  if (pretrained.length === 0) return []
  const printed =
    'the program behind the printed figures trains an autoencoder first, but takes over none of its weights'
  const ours = `${pretrained.join(' and ')} ${pretrained.length === 1 ? 'is' : 'are'}`
  return [
    pretrainEpochs === 0
      ? `${ours} not pretrained: ${printed}. --pretrain-epochs 100 pretrains`
      : `${ours} pretrained here, and not in print: ${printed}`,
  ]
}

/** Of results on samples that the paper measured and we simulate. */
export function simulatedNotes(dataset: string, simulated: boolean): string[] {
  if (!simulated || paperUse(dataset).simulated) return []
  return ['the printed figures are of measurements, which are not public; ours are of simulated spectrograms']
}

/** What a reader has to know about a printed table before comparing with it. */
export function tableNotes(
  { number, scenario }: TableItem,
  { published, pretrainEpochs }: { readonly published: boolean; readonly pretrainEpochs: number },
  simulated: boolean,
): string[] {
  return [
    ...(published ? [] : [`${smallerNote}: compare the arrows, not the figures`]),
    ...pretrainingNotes(paperDetectors, pretrainEpochs),
    ...simulatedNotes(scenario.dataset, simulated),
    ...(printedNotes[number] ?? []),
  ]
}

const sigmoid =
  'a sigmoid output of the decoder, the published setting, decides the columns of AE, SAE and ABC: it cannot reproduce ' +
  'standardised features outside (0, 1). With an identity output (--decoder identity of study) they find far more'

const printedNotes: Readonly<Record<number, readonly string[]>> = {
  4: [
    sigmoid,
    'ABC on damp grey soil is printed as 0.01 ↓ where AE is printed as 0.00: the arrow contradicts its own figures',
  ],
  7: [
    sigmoid,
    'the distance between red soil and very damp grey soil is printed as 8.48; the class means give 6.49, so 8.48 is a misprint of 6.48',
  ],
}
