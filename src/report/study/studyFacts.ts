import { deviceTitle } from '../../runtime/device.js'
import type { StudyResult, StudySettings } from '../../study/types.js'
import { datasetTitle, detectorTitle, distanceWords, formatPercent, formatSetting } from '../format.js'
import { type Html, html } from '../html.js'

type Fact = readonly [string, string | Html]

/** How a study was computed: everything that decides its numbers, and where it ran. */
export function studyFacts(result: StudyResult): Html {
  const { settings, validation, training } = result
  const facts: readonly Fact[] = [
    ...dataFacts(result),
    [
      'Training set',
      `${training.nNormal.toLocaleString('en')} of ${result.normal} and ${training.nAnomaly.toLocaleString('en')} of ${result.anomaly}, drawn anew for each run where there are more`,
    ],
    [
      'Threshold',
      `smallest with a false-positive rate of at most ${formatPercent(result.fpr)} on ${validation.n.toLocaleString('en')} samples of ${result.normal}, ` +
        `${validation.nTrainedOn === 0 ? 'none of them trained on' : 'those trained on among them'} (${result.split} split)`,
    ],
    [
      'False-positive rate there',
      `${detectorTitle(result.detectors.baseline)} ${rate(validation.fprBaseline)}, ${detectorTitle(result.detectors.candidate)} ${rate(validation.fprCandidate)} (mean ± sd over runs)`,
    ],
    ['Test sets', `each class of anomalies whole, ${result.anomaly} without what was trained on`],
    ['Network', `${settings.network}; ${settings.decoder} output in the autoencoder`],
    [
      'Training',
      `${count(result.epochs, 'epoch')} after ${count(result.pretrainEpochs, 'epoch')} of pretraining where the detector has one, ` +
        `batches of ${settings.batchSize}, learning rate ${formatSetting(settings.learningRate)}${decay(settings)}, ` +
        `weight decay ${formatSetting(settings.weightDecay)} (pretraining ${formatSetting(settings.pretrainWeightDecay)})`,
    ],
    [
      'Optimiser',
      `${settings.optimiser}, β₁ = ${settings.beta1}, β₂ = ${settings.beta2}, ε = ${formatSetting(settings.adamEpsilon)}`,
    ],
    [
      'Losses, batch norm, centre',
      `η = ${formatSetting(settings.eta)}, ε = ${formatSetting(settings.lossEpsilon)}; a new batch counts ${settings.batchNormMomentum} in the running statistics; ` +
        `coordinates of a pretrained centre at least ${settings.centreGuard} from 0`,
    ],
    ['Runs, seed', `${count(result.runs, 'run')} from seed ${result.seed}`],
    ['Bootstrap', `${result.resamples.toLocaleString('en')} resamples; intervals at ${formatPercent(result.level)}`],
    ['Computed on', computedOn(result)],
    [
      'Versions',
      [`scoring-bias ${result.version}`, ...Object.entries(result.versions).map((entry) => entry.join(' '))].join(', '),
    ],
  ]
  return html`<dl>
${facts.map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>`)}
</dl>`
}

/** `5 runs`, `1 run` */
export function count(n: number, what: string): string {
  return `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`
}

function dataFacts(result: StudyResult): readonly Fact[] {
  const { data, simulated } = result
  const distances = `distances are ${distanceWords(result)} between class means of the features as trained on`
  if (data === undefined) return [['Data', `${datasetTitle(result)}; ${distances}`]]
  const { share, dataSeed, nSamples, sha256 } = data
  const how = [
    ...(share === undefined ? [] : [`a share of ${share} of every class`]),
    ...(share === undefined && !simulated ? [] : [`data seed ${dataSeed}`]),
  ]
  return [
    [
      'Data',
      [
        `${datasetTitle(result)}, ${count(nSamples, 'sample')}${how.map((part) => `, ${part}`).join('')}`,
        distances,
      ].join('; '),
    ],
    ['SHA-256', html`<code>${sha256}</code> of features as trained on (float32) and labels (bytes)`],
  ]
}

function computedOn({ device, processor, workers, elapsedSeconds }: StudyResult): string {
  const where = [deviceTitle(device), ...(processor === undefined ? [] : [processor])].join(', ')
  return `${where}, ${count(workers, 'worker')}, in ${elapsedSeconds.toFixed(1)} s; on another kind of processor float32 training may differ`
}

function decay({ milestones, learningRateDecay }: StudySettings): string {
  return milestones.length === 0 ? '' : `, ×${learningRateDecay} after epochs ${milestones.join(', ')}`
}

function rate({ mean, sd }: { mean: number; sd: number }): string {
  return `${mean.toFixed(4)} ± ${sd.toFixed(4)}`
}
