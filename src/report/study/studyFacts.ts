import { counted, formatCount } from '../../counted.js'
import type { CommonFacts } from '../../study/commonFacts.js'
import { bestEpochsOf } from '../../study/core/bestEpochs.js'
import type { StudyResult } from '../../study/core/types.js'
import { formatGiven, formatPlusMinus, formatSeconds, formatSetting } from '../format.js'
import { type Html, html } from '../html.js'
import { type Fact, factList } from '../page.js'
import { deviceWords, epochsWords, versionWords, whereItPretrains } from '../words.js'
import {
  datasetTitle,
  distanceWords,
  featureWords,
  isOneRun,
  meansWords,
  preparedLines,
  stoppingLines,
  titlesOf,
} from './studyWords.js'

/** How a study was computed: everything that decides its numbers, and where it ran. */
export function studyFacts(result: StudyResult): Html {
  const { settings, validation, training, standardisedOver } = result
  const { nHeldOut } = training
  const [baseline, candidate] = titlesOf(result.detectors)
  return factList([
    ...dataFacts(result),
    ...(standardisedOver === undefined
      ? []
      : [
          [
            'Features',
            [featureWords(standardisedOver, nHeldOut), ...preparedLines(result.data ?? {}, nHeldOut)].join('. '),
          ] as const,
        ]),
    [
      'Training set',
      `${formatCount(training.nNormal)} of ${result.normal} and ${formatCount(training.nAnomaly)} of ${result.anomaly}, drawn anew for each run where there are more${nHeldOut === undefined ? '' : `; ${formatCount(nHeldOut)} more of ${result.normal} measure the validation loss`}`,
    ],
    [
      'Threshold',
      `smallest with a false-positive rate of at most ${formatGiven(result.fpr)} on ${formatCount(validation.n)} samples of ${result.normal}, ` +
        `${validation.nTrainedOn === 0 ? 'none of them trained on' : 'those trained on among them, so that more new samples exceed it'} (${result.split} split)`,
    ],
    [
      'False-positive rate there',
      isOneRun(result)
        ? `${baseline} ${validation.fprBaseline.mean.toFixed(4)}, ${candidate} ${validation.fprCandidate.mean.toFixed(4)}`
        : `${baseline} ${rate(validation.fprBaseline)}, ${candidate} ${rate(validation.fprCandidate)} (mean ± sd over runs)`,
    ],
    ['Test sets', `each class of anomalies whole, ${result.anomaly} without what was trained on`],
    [
      'Network',
      `${settings.network}${settings.networkReason === undefined ? '' : `, because ${settings.networkReason}`}; ${settings.decoder} output in the autoencoder`,
    ],
    ...trainingFacts(result, settings, [bestEpochsOf(training)]),
    ['Runs, seed', `${counted(result.runs, 'run')} from seed ${result.seed}`],
    [
      'Intervals',
      `at ${formatGiven(result.level)}, from ${formatCount(result.resamples)} draws of the confidence distribution`,
    ],
    ['Computed on', computedOn(result)],
    ['Versions', versionWords(result)],
  ])
}

/** The settings of the trainings of one study, or of several that are answered together, and where their validation losses were lowest. */
export function trainingFacts(
  { epochs, pretrainEpochs, detectors }: Pick<StudyResult, 'epochs' | 'pretrainEpochs' | 'detectors'>,
  settings: CommonFacts['trainingSettings'],
  bestEpochs: Parameters<typeof stoppingLines>[2],
): readonly Fact[] {
  const { validationShare } = settings
  return [
    [
      'Training',
      `${epochsWords({ epochs, pretrainEpochs }, whereItPretrains)}, ` +
        `batches of ${settings.batchSize}, learning rate ${formatSetting(settings.learningRate)}${decay(settings)}, ` +
        `weight decay ${formatSetting(settings.weightDecay)} (pretraining ${formatSetting(settings.pretrainWeightDecay)})`,
    ],
    ...(validationShare === undefined
      ? []
      : [
          [
            'Validation loss',
            [
              `Of ${formatGiven(validationShare)} of the normal samples of each run, held out from training.`,
              ...stoppingLines(detectors, settings, bestEpochs),
            ].join(' '),
          ] as const,
        ]),
    [
      'Optimiser',
      `${settings.optimiser}, β₁ = ${settings.beta1}, β₂ = ${settings.beta2}, ε = ${formatSetting(settings.adamEpsilon)}`,
    ],
    [
      'Losses, batch norm, centre',
      `η = ${formatSetting(settings.eta)}, ε = ${formatSetting(settings.lossEpsilon)}; a new batch counts ${settings.batchNormMomentum} in the running statistics; ` +
        `coordinates of a pretrained centre at least ${settings.centreGuard} from 0`,
    ],
  ]
}

function dataFacts(result: StudyResult): readonly Fact[] {
  const { data, simulated } = result
  const distances = `distances are ${distanceWords(result)} ${meansWords(result)}`
  if (data === undefined) return [['Data', `${datasetTitle(result)}; ${distances}`]]
  const { share, dataSeed, nSamples, sha256 } = data
  const how = [
    ...(share === undefined ? [] : [`a share of ${share} of every class`]),
    ...(share === undefined && !simulated ? [] : [`data seed ${dataSeed}`]),
  ]
  return [
    ['Data', `${[datasetTitle(result), counted(nSamples, 'sample'), ...how].join(', ')}; ${distances}`],
    [
      'SHA-256',
      html`<code>${sha256}</code> of ${result.standardisedOver === 'training-normals' ? 'raw features' : 'features as trained on'} (float32) and labels (bytes)`,
    ],
  ]
}

function computedOn(result: StudyResult): string {
  const { processor, workers, elapsedSeconds } = result
  const where = [deviceWords(result), ...(processor === undefined ? [] : [processor])].join(', ')
  return `${where}, ${counted(workers, 'worker')}, in ${formatSeconds(elapsedSeconds)}; on another kind of processor float32 training may differ`
}

function decay({ milestones, learningRateDecay }: CommonFacts['trainingSettings']): string {
  if (milestones.length === 0) return ''
  return `, ×${learningRateDecay} after ${milestones.length === 1 ? 'epoch' : 'epochs'} ${milestones.join(', ')}`
}

function rate({ mean, sd }: { mean: number; sd: number }): string {
  return formatPlusMinus(mean, sd, 4)
}
