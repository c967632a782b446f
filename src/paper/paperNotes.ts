import { paperUse, type TableItem } from './paperItems.js'

/** Of results that less was done for than published. */
export const smallerNote = 'epochs or samples are fewer than published'

/** Of results on samples that the paper measured and we simulate. */
export function simulatedNotes(dataset: string, simulated: boolean): string[] {
  if (!simulated || paperUse(dataset).simulated) return []
  return ['the printed figures are of measurements, which are not public; ours are of simulated spectrograms']
}

/** What a reader has to know about a printed table before comparing with it. */
export function tableNotes({ number, scenario }: TableItem, published: boolean, simulated: boolean): string[] {
  return [
    ...(published ? [] : [`${smallerNote}: compare the arrows, not the figures`]),
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
