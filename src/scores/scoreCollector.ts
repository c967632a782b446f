import { at, invariant, requireKnown } from '../check.js'
import { counted } from '../counted.js'
import { ScoringBiasError } from '../errors.js'
import { alikeWarnings } from './alikeNames.js'
import { GrowingScores } from './growingScores.js'
import { type NormalsBelow, NormalsLeftOut } from './normalsBelow.js'

/** Scores of several detectors sorted by what their samples are for, [detectors][samples] each. */
export interface CollectedScores {
  readonly validation: readonly Float64Array[]
  readonly test: readonly Float64Array[] | undefined
  readonly anomalous: readonly Float64Array[]
  readonly classes: readonly string[] | undefined
  /** The group of each sample that sets thresholds, and of each anomalous one. */
  readonly groups?: { readonly normal: readonly string[]; readonly anomalous: readonly string[] } | undefined
  /** Samples that a split leaves out; there with a split alone. */
  readonly ofSplits?: SplitCounts | undefined
  /** Samples that lack a score and were left out; there where some were. */
  readonly missing?: MissingSamples | undefined
  /** Normal samples that are counted alone; see {@link ScoreCollector.leaveOut}. */
  readonly below?: NormalsBelow | undefined
  readonly notes: readonly string[]
}

/** Samples that lack a score, of normals that set thresholds, normals that are only tested, and anomalous ones. */
export type MissingSamples = readonly [MissingOfSet, MissingOfSet, MissingOfSet]

/** How many samples lack a score: of each detector, and of each class. */
export interface MissingOfSet {
  readonly samples: number
  readonly detectors: ReadonlyMap<string, number>
  readonly classes: ReadonlyMap<string, number>
}

/** Samples that are not evaluated for their split. */
export interface SplitCounts {
  /** Of `train`. */
  readonly trainedOn: number
  /** Anomalous samples of `validation`, among all anomalous ones but those of `train`. */
  readonly unused: number
  readonly nAnomalous: number
}

/** What a reader should know of samples that a split leaves out. */
export function splitNotes({ trainedOn, unused, nAnomalous }: SplitCounts): string[] {
  return [
    ...(trainedOn === 0 ? [] : [`${counted(trainedOn, 'sample is', 'samples are')} of the split 'train' and left out`]),
    ...(unused === 0
      ? []
      : [
          `${unused} of ${counted(nAnomalous, 'anomalous sample')} ${unused === 1 ? 'is' : 'are'} of the split 'validation' and not ` +
            "evaluated. To evaluate them, put them into the split 'test'",
        ]),
  ]
}

/** What messages tell whoever gives the samples to do. */
export interface WaysOut {
  /** By what to say that samples have no split. */
  readonly noSplit: string
  /** How to say which labels are normal, where they are names of classes. */
  readonly normal: string
}

/** Of samples in a file. */
const fileWays: WaysOut = {
  noSplit: '--no-split (split: false in the library)',
  normal: 'say with the option normal which class is normal',
}

export interface CollectorOptions {
  /** What messages call the samples' source. */
  readonly name: string
  readonly nDetectors: number
  /** The label of normal samples. Default: labels are 0 for normal, 1 for anomalous. */
  readonly normal?: string | undefined
  /** Whether samples have a class apart from their label, see `takeClasses`, and a split. */
  readonly hasClass: boolean
  readonly hasSplit: boolean
  /** Whether samples have a group, see `addGroup`. Default false. */
  readonly hasGroup?: boolean | undefined
  /** Whether the samples are a part of all, which need not have every kind of them. Default false. */
  readonly isPart?: boolean | undefined
  /** Default: those of a file. */
  readonly ways?: WaysOut | undefined
}

/**
 * Where the scores of a sample go: to one store for each detector, or nowhere; a text says what is wrong with it,
 * which of its names is empty, and what to do about a label of which nothing says if it is normal.
 */
export type Destination =
  | readonly GrowingScores[]
  | 'unused'
  | {
      readonly problem: string
      readonly empty?: 'label' | 'class' | 'split' | undefined
      readonly wayOut?: string | undefined
    }

/** Labels that are no names, and whether they say that a sample is normal. */
const binaryLabels: ReadonlyMap<string, boolean> = new Map(
  Object.entries({ 0: true, 1: false, false: true, true: false }),
)

/** Values of a split, in small letters, and what their samples are for. */
const splits: ReadonlyMap<string, 'validation' | 'test' | 'train'> = new Map([
  ...(['validation', 'val', 'valid', 'dev'] as const).map((one) => [one, 'validation'] as const),
  ['test', 'test'],
  ...(['train', 'training'] as const).map((one) => [one, 'train'] as const),
])

/** What a sample is for by its split; undefined where the text is none. */
export function splitOf(text: string): 'validation' | 'test' | 'train' | undefined {
  return splits.get(text.trim().toLowerCase())
}

/** Whether a text says what a sample is for. */
export function isSplit(text: string): boolean {
  return splitOf(text) !== undefined
}

/** Whether a label says that a sample is normal, by the label that does or else by 0 and 1; undefined where it says neither. */
export function isNormalLabel(label: string, normal: string | undefined): boolean | undefined {
  if (normal !== undefined) return className(label) === className(normal)
  return binaryLabels.get(className(label.trim()).toLowerCase())
}

/** Labels that a message lists. */
const mostShown = 20

/** As many classes as a table can be read of; a column with more is hardly one of classes. */
const mostClasses = 1000

/**
 * Sorts samples by label, class and split, one at a time, and keeps their scores: 8 bytes for each detector and sample.
 *
 * Normal samples of the split `validation`, or all without splits, set the thresholds; those of `test` are only tested.
 * Anomalous samples are evaluated but for those of `validation`, which are counted and left out, as all samples of `train`
 * are. The class of an anomalous sample is its class, or else its label where labels are names.
 */
export class ScoreCollector {
  readonly #options: CollectorOptions
  readonly #normal: string | undefined
  readonly #ways: WaysOut
  #hasClass: boolean
  readonly #validation: readonly GrowingScores[]
  readonly #test: readonly GrowingScores[]
  readonly #anomalous: readonly GrowingScores[]
  readonly #classes: string[] = []
  readonly #groups = { normal: [] as string[], anomalous: [] as string[] }
  /** Raw label → whether it is normal, and its name. */
  readonly #labels = new Map<string, { readonly isNormal: boolean; readonly name: string }>()
  readonly #classNames = new Map<string, string>()
  readonly #splits = new Map<string, 'validation' | 'test' | 'train' | undefined>()
  #leftOut: NormalsLeftOut | undefined
  #unused = 0
  #trainedOn = 0

  constructor(options: CollectorOptions) {
    this.#options = options
    this.#normal = options.normal === undefined ? undefined : className(options.normal)
    this.#ways = options.ways ?? fileWays
    this.#hasClass = options.hasClass
    const stores = () => Array.from({ length: options.nDetectors }, () => new GrowingScores())
    this.#validation = stores()
    this.#test = stores()
    this.#anomalous = stores()
  }

  /** Counts one sample, whose scores the caller then appends to the stores returned. */
  destination(label: string, ownClass: string, split: string): Destination {
    const known = this.#labels.get(label) ?? this.#newLabel(label)
    if ('problem' in known) return known
    const part = this.#options.hasSplit ? this.#partOf(split) : 'validation'
    if (part === undefined) {
      return {
        problem:
          `the split is ${shown(split)}. It must be 'validation' (sets the thresholds), 'test' (is evaluated) or 'train' (is left out). ` +
          `If this is no split, say so by ${this.#ways.noSplit}`,
        ...(split === '' && { empty: 'split' as const }),
      }
    }
    if (part === 'train') {
      this.#trainedOn++
      return 'unused'
    }
    if (known.isNormal) return part === 'test' ? this.#test : this.#validation
    const name = this.#hasClass ? this.#className(ownClass) : known.name
    if (name === '') return { problem: 'the class is empty. Every anomalous sample needs a class', empty: 'class' }
    if (Math.max(this.#classNames.size, this.#labels.size) > mostClasses) {
      return {
        problem: `this is class number ${mostClasses + 1}, and there may be ${mostClasses}. Check that this column holds classes. If not, name another`,
      }
    }
    if (this.#options.hasSplit && part === 'validation') {
      this.#unused++
      return 'unused'
    }
    if (this.#hasClass || this.#normal !== undefined) this.#classes.push(name)
    return this.#anomalous
  }

  /** Whether samples have a class apart from their label. */
  get hasClass(): boolean {
    return this.#hasClass
  }

  /** From the next sample on there is a class apart from the label. Before it no anomalous one may have been kept. */
  takeClasses(): void {
    invariant(at(this.#anomalous, 0).length === 0, 'classes begin before the first anomalous sample')
    this.#hasClass = true
  }

  /** Keeps the group of a sample whose stores are those returned for it. */
  addGroup(stores: readonly GrowingScores[], group: string): void {
    if (stores === this.#validation) this.#groups.normal.push(group)
    else if (stores === this.#anomalous) this.#groups.anomalous.push(group)
  }

  /** Normal samples that set thresholds and are kept so far, [detectors][samples], until the next one comes. */
  get normals(): readonly Float64Array[] {
    return this.#validation.map((store) => store.view())
  }

  /** What is known of those that were left out; undefined before some were. */
  get below(): Pick<NormalsBelow, 'cuts' | 'cells'> | undefined {
    return this.#leftOut
  }

  /** How many normal samples that set thresholds there are so far. */
  get nNormal(): number {
    return at(this.#validation, 0).length + (this.#leftOut?.nNormal ?? 0)
  }

  /**
   * Leaves normal samples out that lie below `cuts` for every detector, and counts them. Those that lack a score stay.
   * Cost: a pass over all that are kept, and a sort of those left out.
   */
  async leaveOut(cuts: Float64Array): Promise<void> {
    this.#leftOut ??= new NormalsLeftOut(this.#options.nDetectors, this.#options.hasGroup === true)
    await this.#leftOut.leaveOut({ validation: this.#validation, test: this.#test, groups: this.#groups }, cuts)
  }

  /** Whether stores are those of the anomalous samples. */
  isAnomalous(stores: readonly GrowingScores[]): boolean {
    return stores === this.#anomalous
  }

  /** Errors: `EMPTY_SAMPLE` where a kind of samples is missing, `UNKNOWN_CLASS` for a normal class that none has. */
  finish(): CollectedScores {
    const { hasSplit } = this.#options
    const nAnomalous = at(this.#anomalous, 0).length + this.#unused
    const nValidation = at(this.#validation, 0).length
    const nTest = at(this.#test, 0).length
    this.#requireKinds({ nAnomalous, nValidation, nTest })
    const ofSplits = { trainedOn: this.#trainedOn, unused: this.#unused, nAnomalous }
    const values = (stores: readonly GrowingScores[]) => stores.map((store) => store.values())
    return {
      validation: values(this.#validation),
      test: hasSplit && nTest > 0 ? values(this.#test) : undefined,
      anomalous: values(this.#anomalous),
      classes: this.#hasClass || this.#normal !== undefined ? this.#classes : undefined,
      ...(this.#options.hasGroup ? { groups: this.#groups } : {}),
      ...(hasSplit ? { ofSplits } : {}),
      ...(this.#leftOut && { below: this.#leftOut.finish(nValidation, nTest) }),
      notes: [...splitNotes(ofSplits), ...this.#alikeNotes()],
    }
  }

  #requireKinds({ nAnomalous, nValidation, nTest }: Readonly<Record<'nAnomalous' | 'nValidation' | 'nTest', number>>) {
    const { name, isPart = false } = this.#options
    const missing = (what: string) => new ScoringBiasError('EMPTY_SAMPLE', `${name}: ${what}`)
    const [trainedOn, used] = [this.#trainedOn, nAnomalous + nValidation + nTest]
    if (used === 0 && trainedOn > 0) {
      throw missing(
        `${counted(trainedOn, 'sample is', 'samples are')} of the split 'train', and none of another. Those are left out: a detector has ` +
          `seen them. Add others, or use all by ${this.#ways.noSplit}`,
      )
    }
    if (used === 0) throw new ScoringBiasError('EMPTY_SAMPLE', `${name} has no rows`)
    // Other parts have the others.
    if (isPart) return
    const seen = trainedOn === 0 ? '' : ". A detector has seen those of the split 'train'"
    if (nValidation + nTest === 0) {
      if (this.#normal !== undefined) {
        const names = Array.from(this.#labels.values(), (label) => label.name).slice(0, mostShown)
        requireKnown('normal class', this.#normal, names, 'UNKNOWN_CLASS')
      }
      throw missing(
        `there is no normal sample among ${counted(nAnomalous, 'sample')}. Normal samples set the thresholds. Add some, with label 0`,
      )
    }
    if (nAnomalous === 0)
      throw missing(
        `there is no anomalous sample among ${counted(nValidation + nTest, 'sample')}. Without anomalies there is no recall to compare. Add some`,
      )
    if (nValidation === 0)
      throw missing(
        `no normal sample is of the split 'validation'. Those set the thresholds${seen}. Add some, or use all normal samples by ${this.#ways.noSplit}`,
      )
    if (nAnomalous === this.#unused)
      throw missing("no anomalous sample is of the split 'test'. Only those are evaluated. Add some")
  }

  /** Of names of classes: labels where one says which is normal, and classes of their own. */
  #alikeNotes(): string[] {
    const labels = this.#normal === undefined ? [] : [...this.#labels.values()].map(({ name }) => name)
    return [labels, [...this.#classNames.values()]].flatMap((names) => alikeWarnings(names))
  }

  #partOf(split: string) {
    if (!this.#splits.has(split)) this.#splits.set(split, splitOf(split))
    return this.#splits.get(split)
  }

  #newLabel(label: string) {
    const name = className(label)
    if (name === '') return { problem: 'the label is empty. Every sample needs a label', empty: 'label' as const }
    const isNormal = isNormalLabel(label, this.#normal)
    if (isNormal === undefined) {
      return {
        problem: `the label is ${shown(label)}. It must be 0 (normal) or 1 (anomalous)`,
        wayOut: `If labels are names of classes, ${this.#ways.normal}`,
      }
    }
    const known = { isNormal, name }
    this.#labels.set(label, known)
    return known
  }

  #className(text: string): string {
    const known = this.#classNames.get(text)
    if (known !== undefined) return known
    const name = className(text)
    this.#classNames.set(text, name)
    return name
  }
}

function shown(text: string): string {
  return text === '' ? 'empty' : `'${text}'`
}

/**
 * Names are texts: two that differ are two classes, `1.10` and `1.1`, `007` and `7`, whole numbers beyond 2⁵³. Only the `.0`
 * that a column of floats adds to a whole number is no part of it, so that 1 and 1.0 are one.
 */
export function className(text: string): string {
  return /^(0|-?[1-9]\d*)\.0+$/.test(text) ? text.slice(0, text.indexOf('.')) : text
}
