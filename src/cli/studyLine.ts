import type { DatasetInfo } from '../data/core/dataset.js'
import { datasetInfo, datasetNames } from '../data/datasets.js'
import { detectorNames } from '../detectors/detectors.js'
import { chosenNetwork, publishedTraining } from '../detectors/publishedTraining.js'
import { networkNames } from '../nn/networks.js'
import type { StudyResult } from '../study/core/types.js'
import { flagName, quoted } from './flags.js'

/**
 * The command that repeats a study, with every option that decides its numbers; undefined where no command does: for data of
 * the user's, of which a result does not say where the file was, and for networks and detectors of the user's.
 */
export function studyLine(result: StudyResult): string | undefined {
  const { dataset, data, normal, anomaly, detectors, settings } = result
  const isKnown = (known: readonly string[], name: string) => known.includes(name)
  if (!isKnown(datasetNames, dataset) || !Object.values(detectors).every((name) => isKnown(detectorNames, name))) return
  const info = datasetInfo(dataset)
  const network = networkOptions(info, settings.network)
  if (network === undefined) return
  const { network: _, decoder, optimiser: __, ...training } = settings
  const published = Object.entries(publishedTraining(dataset).settings)
  const options = {
    normal: info.classes.includes(normal) ? normal : normal.replaceAll(' + ', ','),
    anomaly,
    baseline: detectors.baseline,
    candidate: detectors.candidate,
    runs: result.runs,
    fpr: result.fpr,
    level: result.level,
    resamples: result.resamples,
    epochs: result.epochs,
    pretrainEpochs: result.pretrainEpochs,
    ...network,
    ...Object.fromEntries(
      Object.entries(training).filter(([name, value]) =>
        published.some(([one, usual]) => one === name && String(usual) !== String(value)),
      ),
    ),
    decoder,
    split: result.split,
    device: result.device,
    seed: result.seed,
    ...(data?.share !== undefined && { share: data.share }),
    ...(data !== undefined && data.dataSeed !== 0 && { dataSeed: data.dataSeed }),
  }
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${flagName(name)}`, quoted(String(value))])
  // What is standardised says so.
  flags.push(result.attribution === info.attribution ? '--no-standardise' : '--standardise')
  return ['scoring-bias study', dataset, ...flags].join(' ')
}

/** Options of the network with a title, none for the published one; undefined where there is no such network. */
function networkOptions({ name: dataset, sample }: DatasetInfo, title: string): Record<string, string> | undefined {
  const place = { published: publishedTraining(dataset).network, sample, name: dataset }
  if (chosenNetwork({}, place).title === title) return {}
  const [, hidden = '', code] = /^mlp \d+(?:-(.*))?-(\d+)$/.exec(title) ?? []
  if (code !== undefined) return { network: 'mlp', hidden: hidden.replaceAll('-', ','), code }
  const network = networkNames.find((name) => title.startsWith(`${name} `))
  return network === undefined || chosenNetwork({ network }, place).title !== title ? undefined : { network }
}
