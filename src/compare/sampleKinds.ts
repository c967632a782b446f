import { at } from '../check.js'
import { isMissing } from '../data/tables/tableReader.js'
import { className, isNormalLabel, splitOf } from '../scores/scoreCollector.js'
import type { SampleColumns } from './scoreColumns.js'

type Role = keyof SampleColumns

/** Texts of the columns so far → those of the next, or the kind itself after the last. */
type Known = Map<string, Known | readonly string[]>

/**
 * What the first of several files says of its samples: label, class, split and group, as they are written there. Few samples
 * differ in all: equal ones are one array, 8 bytes for each sample.
 */
export class SampleKinds {
  /** The columns, of those that there are. */
  readonly columns: readonly string[]
  readonly #roles: readonly Role[]
  readonly #normal: string | undefined
  readonly #kinds: (readonly string[])[] = []
  readonly #known: Known = new Map()

  constructor({ label, class: ofClass, split, group }: SampleColumns, normal: string | undefined) {
    const all = Object.entries({ label, class: ofClass, split, group }) as [Role, string | undefined][]
    const own = all.flatMap(([role, column]) => (column === undefined ? [] : [{ role, column }]))
    this.columns = own.map(({ column }) => column)
    this.#roles = own.map(({ role }) => role)
    this.#normal = normal
  }

  /** Adds the next sample, which is row `i` of texts, a column each. */
  add(texts: readonly (readonly string[])[], i: number): void {
    let known = this.#known
    for (const column of texts.slice(0, -1)) {
      const text = at(column, i)
      const next = known.get(text)
      const inner: Known = next instanceof Map ? next : new Map()
      if (next === undefined) known.set(text, inner)
      known = inner
    }
    const last = at(at(texts, texts.length - 1), i)
    const kind = known.get(last)
    const own = kind === undefined || kind instanceof Map ? texts.map((column) => at(column, i)) : kind
    if (kind === undefined) known.set(last, own)
    this.#kinds.push(own)
  }

  /** What stands in a column, by its place among `columns`, of a sample. */
  text(sample: number, column: number): string {
    return at(at(this.#kinds, sample), column)
  }

  /** Whether another file says the same of a sample in a column, as both are read. */
  agrees(sample: number, column: number, text: string): boolean {
    const first = this.text(sample, column)
    if (first === text) return true
    const role = at(this.#roles, column)
    // Nothing reads the class of a normal sample, and files write different things for none.
    if (role === 'class' && this.#isNormal(sample) && (isMissing(text) || isMissing(first))) return true
    return this.#read(role, first) === this.#read(role, text)
  }

  #isNormal(sample: number): boolean {
    return isNormalLabel(this.text(sample, this.#roles.indexOf('label')), this.#normal) === true
  }

  #read(role: Role, text: string): string | boolean | undefined {
    if (role === 'label' && this.#normal === undefined) return isNormalLabel(text, undefined)
    return role === 'split' ? splitOf(text) : className(text)
  }
}
