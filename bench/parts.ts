// Parts of a simulation for many machines: each takes a range of the data sets of every cell, and counts are added.
import { readFileSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { at } from '../src/check.js'
import { type Shard, shardOf } from '../src/cluster/shardName.js'

/** What a bench is asked to do: all of it, one part into a file, or the sum of the parts in files. */
export type PartCommand =
  | { readonly kind: 'whole'; readonly rest: string[] }
  | { readonly kind: 'part'; readonly rest: string[]; readonly shard: Shard; readonly out: string }
  | { readonly kind: 'merge'; readonly rest: string[]; readonly paths: string[] }

/** Reads `[…] --shard 3/20 --out part-3.json`, `--merge part-*.json`, or neither. */
export function partCommand(args: readonly string[]): PartCommand {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { shard: { type: 'string' }, out: { type: 'string' }, merge: { type: 'boolean' } },
  })
  if (values.merge) {
    if (positionals.length === 0) throw new RangeError('--merge needs the files of the parts')
    return { kind: 'merge', rest: [], paths: positionals }
  }
  if (values.shard === undefined) return { kind: 'whole', rest: positionals }
  if (values.out === undefined) throw new RangeError('--shard needs a file for its counts: name it with --out')
  return { kind: 'part', rest: positionals, shard: shardOf(values.shard, process.env), out: values.out }
}

/** The data sets of a shard, of so many: the shards' ranges lie side by side, as equal as can be. */
export function rangeOf({ index, count }: Shard, dataSets: number): { readonly first: number; readonly end: number } {
  const cut = (shard: number) => Math.floor((shard * dataSets) / count)
  return { first: cut(index - 1), end: cut(index) }
}

/** What a part's file holds: `asked` is equal in all parts of one simulation. */
interface Part<Counts> {
  readonly asked: string
  readonly shard: Shard
  readonly counts: Counts
}

export function writePart(path: string, part: Part<unknown>): void {
  writeFileSync(path, `${JSON.stringify(part)}\n`)
}

/** The counts of all parts of a simulation, in order. Requires each part once, all of one simulation. */
export function readParts<Counts>(paths: readonly string[]): { readonly asked: string; readonly counts: Counts[] } {
  const parts = paths.map((path) => ({ path, ...(JSON.parse(readFileSync(path, 'utf8')) as Part<Counts>) }))
  const { asked, shard, path: first } = at(parts, 0)
  for (const part of parts) {
    if (part.asked === asked && part.shard.count === shard.count) continue
    throw new RangeError(`${first} and ${part.path} are parts of different simulations: ${asked}, and ${part.asked}`)
  }
  return {
    asked,
    counts: Array.from({ length: shard.count }, (_, i) => {
      const own = parts.filter((part) => part.shard.index === i + 1)
      if (own.length === 1) return at(own, 0).counts
      const which = own.map(({ path }) => path).join(' and ')
      throw new RangeError(`part ${i + 1}/${shard.count} is ${own.length === 0 ? 'missing' : `there twice: ${which}`}`)
    }),
  }
}
