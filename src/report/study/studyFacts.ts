import { counted, formatCount } from '../../counted.js'
import type { StandardisedOver } from '../../data/splits/standardisedOver.js'
import type { CommonFacts } from '../../study/commonFacts.js'
import { bestEpochsOf } from '../../study/core/bestEpochs.js'
import type { StudyData, StudyResult } from '../../study/core/types.js'
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
  const { settings, validation, training } = result
  const { nHeldOut } = training
  const [baseline, candidate] = titlesOf(result.detectors)
  return factList([
    ...sampleFacts(result, nHeldOut),
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

/** What {@link sampleFacts} are told of; `distance` where distances are. */
export type SampleFacts = Pick<StudyResult, 'dataset' | 'simulated' | 'data' | 'standardisedOver'> &
  Partial<Pick<StudyResult, 'distance'>>

/** Which samples an answer is made of, between which classes distances are, and what became of the features. */
export function sampleFacts(result: SampleFacts, nHeldOut?: number): readonly Fact[] {
  const { data, distance, standardisedOver } = result
  const distances = distance === undefined ? [] : [`distances are ${distanceWords({ distance })} ${meansWords(result)}`]
  return [
    ['Data', [dataWords(result), ...distances].join('; ')],
    ...(data === undefined ? [] : [digestFact(data, standardisedOver)]),
    ...(standardisedOver === undefined ? [] : [featureFact(standardisedOver, data, nHeldOut)]),
  ]
}

function dataWords(result: SampleFacts): string {
  const { data, simulated } = result
  if (data === undefined) return datasetTitle(result)
  const { share, dataSeed, nSamples } = data
  return [
    datasetTitle(result),
    counted(nSamples, 'sample'),
    ...(share === undefined ? [] : [`a share of ${share} of every class`]),
    ...(share === undefined && !simulated ? [] : [`data seed ${dataSeed}`]),
  ].join(', ')
}

function digestFact({ sha256 }: StudyData, over: SampleFacts['standardisedOver']): Fact {
  const features = over === 'training-normals' ? 'raw features' : 'features as trained on'
  return ['SHA-256', html`<code>${sha256}</code> of ${features} (float32) and labels (bytes)`]
}

function featureFact(over: StandardisedOver | null, data: StudyData | undefined, nHeldOut?: number): Fact {
  const prepared = preparedLines(data ?? {}, nHeldOut)
  const words = featureWords(over, nHeldOut)
  return ['Features', prepared.length === 0 ? words : [`${words}.`, ...prepared].join(' ')]
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
