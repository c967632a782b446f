import { access, realpath } from 'node:fs/promises'
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import { throwIfAborted } from '../../abort.js'
import { abortSignal, at, callback, filePath, list, type OptionChecks, requireOptions } from '../../check.js'
import { counted } from '../../counted.js'
import { ScoringBiasError } from '../../errors.js'
import { loadDuckdb } from '../../loadDuckdb.js'
import type { OnProgress } from '../../progress.js'
import { discard, putInPlace, targetOf, temporaryBeside } from '../../writeFile.js'
import { damaged, parseConfig, type ReadStore, readUnit, requireKnownRuns, requireStudy, rowsIn } from './storedUnit.js'
import { fillStoreFile, openStoreFile, storeError } from './storeFile.js'

/** Options of `mergeStores`. */
export interface MergeOptions {
  /** When it fires, nothing is written. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: OnProgress | undefined
}

const checks: OptionChecks<MergeOptions> = { signal: abortSignal, onProgress: callback }

/** A unit that no part has. */
export interface MissingUnit {
  readonly task: string
  readonly title: string
  /** Of which shard it was to be, and of how many. */
  readonly shard?: number
  readonly shards?: number
}

/** What a merge put together. */
export interface MergedStore {
  readonly store: string
  readonly parts: readonly string[]
  /** The commands whose shards these were, as the user gave them. */
  readonly commands: readonly string[]
  readonly units: number
  readonly missing: readonly MissingUnit[]
}

/** A store that is merged, as far as it says what it is a part of. */
interface Part {
  readonly path: string
  readonly version: string
  /** Digests of what the commands train in all, with the commands. */
  readonly plans: ReadonlyMap<string, string>
}

/**
 * Puts the stores of shards together, as a new file that takes the place of `target` whole or not at all. A target that is there
 * already is one of the parts, so that merging again changes nothing, and more parts are added later. Unit by unit: memory
 * does not grow with the stores.
 *
 * A unit in two parts must be equal in both, to the bit. One answer takes what one kind of arithmetic gave: units of a detector
 * that are done with several fingerprints, none of which has all, are refused.
 *
 * Before anything is written, all that a study would read of each part is read and checked as a study does.
 *
 * Errors: `WRONG_TYPE`, `UNKNOWN_NAME` for arguments; `OUT_OF_RANGE` without parts; `BAD_FILE` for what is no store, for a part that
 * is damaged, naming it with the unit and the run, for parts of different versions or commands, and for units that differ, naming the hosts that trained them; `NO_SPACE`, `NOT_INSTALLED`, `ABORTED`.
 *
 * @example
 * const { missing } = await mergeStores('all.duckdb', ['part-1.duckdb', 'part-2.duckdb'])
 */
export async function mergeStores(
  target: string,
  paths: readonly string[],
  options: MergeOptions = {},
): Promise<MergedStore> {
  const { signal, onProgress } = requireOptions('mergeStores', options, checks)
  filePath('target', target)
  list(filePath)('paths', paths)
  if (paths.length === 0) throw new ScoringBiasError('OUT_OF_RANGE', 'paths must name at least one store, got []')
  throwIfAborted(signal)
  const sources = await sourcesOf(target, paths)
  const parts: Part[] = []
  for (const path of sources) parts.push(await partOf(path))
  requireAlike(parts)
  const samples: SampleCounts = new Map()
  for (const [i, { path }] of parts.entries()) {
    onProgress?.({ phase: 'checking stores', done: i, total: parts.length })
    await requireSound(path, { remedy: path === target ? targetRemedy : partRemedy, samples, signal })
  }
  const place = await targetOf(target)
  const temporary = temporaryBeside(place)
  let merged: Omit<MergedStore, 'store' | 'parts' | 'commands'> = { units: 0, missing: [] }
  try {
    const duckdb = await loadDuckdb()
    await fillStoreFile(duckdb, temporary, async (connection) => {
      for (const [i, { path }] of parts.entries()) {
        throwIfAborted(signal)
        onProgress?.({ phase: 'merging stores', done: i, total: parts.length })
        await addPart(connection, path, signal)
      }
      await requireOneArithmetic(connection)
      merged = await summaryOf(connection)
    }).catch((error: unknown) => {
      throw storeError(error, target)
    })
    throwIfAborted(signal)
    await putInPlace(temporary, place)
  } finally {
    await discard(temporary)
  }
  const commands = [...new Set(parts.flatMap(({ plans }) => [...plans.values()]))]
  return { store: target, parts: paths, commands, ...merged }
}

/** The files that are put together, the target first where it is there, each once. */
async function sourcesOf(target: string, paths: readonly string[]): Promise<string[]> {
  const isThere = await access(target).then(
    () => true,
    () => false,
  )
  const all = isThere ? [target, ...paths] : paths
  const files = new Map<string, string>()
  for (const path of all) {
    const real = await realpath(path).catch((cause: unknown) => {
      throw new ScoringBiasError('BAD_FILE', `there is no store ${path}. Name the files that --shard … --store wrote`, {
        cause,
      })
    })
    if (!files.has(real)) files.set(real, path)
  }
  // What a process that was killed left in the target's log belongs into the file that is replaced.
  if (isThere) (await openStoreFile(target, false)).close()
  return [...files.values()]
}

/** What a store says of itself. Errors: those of `openStoreFile`. */
async function partOf(path: string): Promise<Part> {
  const { connection, close } = await openStoreFile(path, true)
  try {
    const [[format, version] = []] = await rowsOf(connection, 'SELECT format, version FROM store')
    if (format !== 2) {
      const remedy = 'Train its shard again'
      throw new ScoringBiasError(
        'BAD_FILE',
        `${path} is of an earlier version of scoring-bias and cannot be merged. ${remedy}`,
      )
    }
    const plans = await rowsOf(connection, 'SELECT digest, command FROM plans ORDER BY digest')
    return {
      path,
      version: String(version),
      plans: new Map(plans.map(([digest, command]) => [String(digest), String(command)])),
    }
  } catch (error) {
    throw storeError(error, path)
  } finally {
    close()
  }
}

const partRemedy = 'Nothing was written. Train its shard again into a new file, and merge that one instead'
const targetRemedy = 'Nothing was written. Name another file to write, and all parts'

/** How many samples data have, by what names them in the configuration of a unit, and which run says so. */
type SampleCounts = Map<string, { readonly n: number; readonly where: string }>

interface Checking {
  readonly remedy: string
  /** Of the parts before. */
  readonly samples: SampleCounts
  readonly signal: AbortSignal | undefined
}

/** Requires a part whose units and studies can all be read. One unit is in memory at a time. Errors: `BAD_FILE`, `ABORTED`. */
async function requireSound(path: string, { remedy, samples, signal }: Checking): Promise<void> {
  const { connection, close } = await openStoreFile(path, true)
  const store = { connection, path, remedy }
  try {
    await requireKnownRuns(store)
    for (const { id } of await rowsIn(store, "SELECT id FROM units WHERE status = 'done' ORDER BY id")) {
      throwIfAborted(signal)
      await requireSoundUnit(store, String(id), samples)
    }
    for (const { id } of await rowsIn(store, 'SELECT id FROM studies ORDER BY id')) {
      throwIfAborted(signal)
      const [study] = await rowsIn(store, 'SELECT result FROM studies WHERE id = ?', [String(id)])
      requireStudy(store, String(id), String(study?.result))
    }
  } catch (error) {
    throw storeError(error, path)
  } finally {
    close()
  }
}

async function requireSoundUnit(store: ReadStore, id: string, samples: SampleCounts): Promise<void> {
  const [row] = await rowsIn(store, 'SELECT config FROM units WHERE id = ?', [id])
  const { runs, weights, data, scored } = parseConfig(store, id, String(row?.config))
  if (!Array.isArray(runs)) throw damaged(store, `the configuration of unit ${id} does not say its runs`)
  const found = await readUnit(store, { id, runs, weights: weights === true })
  const n = found?.runs[0]?.scores.length
  if (n === undefined) throw damaged(store, `unit ${id} is not whole: it has no runs`)
  const where = `run ${runs[0]} of unit ${id}`
  const key = JSON.stringify([data?.sha256, scored])
  const known = samples.get(key)
  if (known === undefined) samples.set(key, { n, where: `${where} in ${store.path}` })
  else if (known.n !== n) {
    throw damaged(store, `${where} has ${counted(n, 'score')}, and ${known.where} has ${known.n} of the same data`)
  }
}

/** Requires parts of one version and of the same commands. */
function requireAlike(parts: readonly Part[]): void {
  const first = at(parts, 0)
  for (const part of parts) {
    if (part.version !== first.version) {
      throw new ScoringBiasError(
        'BAD_FILE',
        `${first.path} was made by scoring-bias ${first.version}, and ${part.path} by ${part.version}. Stores of two versions ` +
          'are not merged. Train the shards with one version',
      )
    }
    const digests = ({ plans }: Part) => [...plans.keys()].join()
    if (digests(part) === digests(first)) continue
    const commandOf = ({ plans }: Part) =>
      plans.size === 0 ? 'no command cut into shards' : [...plans.values()].join('; ')
    throw new ScoringBiasError(
      'BAD_FILE',
      `${first.path} and ${part.path} are not parts of one command. The first is of: ${commandOf(first)}. The second is of: ` +
        `${commandOf(part)}. Merge the parts of one command, trained on the same data`,
    )
  }
}

/** Adds a part's plans, units and studies to the open store. */
async function addPart(connection: DuckDBConnection, path: string, signal: AbortSignal | undefined): Promise<void> {
  await connection.run(`ATTACH '${path.replaceAll("'", "''")}' AS part (READ_ONLY)`)
  try {
    await connection.run('INSERT INTO plans SELECT * FROM part.plans ON CONFLICT DO NOTHING')
    await connection.run('INSERT INTO studies SELECT * FROM part.studies ON CONFLICT DO NOTHING')
    const done = await rowsOf(connection, "SELECT id FROM part.units WHERE status = 'done' ORDER BY id")
    for (const [id] of done) {
      throwIfAborted(signal)
      await addUnit(connection, path, String(id))
    }
    await connection.run('INSERT INTO units SELECT * FROM part.units ON CONFLICT DO NOTHING')
  } finally {
    await connection.run('DETACH part')
  }
}

/** Adds a unit that is done, or requires that it is equal to the one that is there. */
async function addUnit(connection: DuckDBConnection, path: string, id: string): Promise<void> {
  const [known] = await rowsOf(connection, "SELECT host FROM units WHERE id = ? AND status = 'done'", [id])
  if (known === undefined) {
    await connection.run('BEGIN')
    await connection.run('DELETE FROM units WHERE id = ?', [id])
    await connection.run('INSERT INTO units SELECT * FROM part.units WHERE id = ?', [id])
    await connection.run('INSERT INTO runs BY NAME SELECT * FROM part.runs WHERE unit = ?', [id])
    await connection.run('COMMIT')
    return
  }
  // Bytes are compared as bytes: NaN equals itself, and −0 is not 0.
  const [[differing] = []] = await rowsOf(
    connection,
    `SELECT count(*)::INTEGER FROM (
       ((SELECT * FROM runs WHERE unit = $1) EXCEPT (SELECT * FROM part.runs WHERE unit = $1))
       UNION ALL ((SELECT * FROM part.runs WHERE unit = $1) EXCEPT (SELECT * FROM runs WHERE unit = $1)))`,
    [id],
  )
  if (differing === 0) return
  const [[host, title] = []] = await rowsOf(connection, 'SELECT host, title FROM part.units WHERE id = ?', [id])
  throw new ScoringBiasError(
    'BAD_FILE',
    `${path} and a store before it have different numbers for ${title ?? `unit ${id}`}: of ${hostName(host)} here, of ` +
      `${hostName(known[0])} there. One of these machines computes wrongly, or a file was changed. Nothing was written. Train its ` +
      'shard again on both machines, and leave out the one that does not repeat itself',
  )
}

function hostName(host: DuckDBValue | undefined): string {
  return typeof host === 'string' ? `host ${host}` : 'an unknown host'
}

/** Units by what decides their fingerprint, their place apart. */
const byDesign = `
  WITH keyed AS (
    SELECT task, status, host, config->>'detector' AS detector, config->>'fingerprint' AS fingerprint,
      concat_ws(' ', detector, config->>'objective', config->>'network', config->>'architecture', config->>'sample',
        config->>'decoder', config->>'device') AS design
    FROM units
  ),
  kinds AS (
    SELECT design, fingerprint, any_value(detector) AS detector, count(*)::INTEGER AS n, min(host) AS host
    FROM keyed WHERE status = 'done' GROUP BY design, fingerprint
  ),
  wanted AS (SELECT design, count(DISTINCT task) AS total FROM keyed GROUP BY design)
`

/**
 * Requires that the units of each detector were trained on one kind of arithmetic, as far as they are done; where one kind has
 * them all, others beside it do not matter.
 */
async function requireOneArithmetic(connection: DuckDBConnection): Promise<void> {
  const [mixed] = await rowsOf(
    connection,
    `${byDesign} SELECT a.detector, a.n, a.host, b.n, b.host
     FROM kinds a JOIN kinds b ON a.design = b.design AND a.fingerprint < b.fingerprint JOIN wanted ON wanted.design = a.design
     WHERE NOT EXISTS (SELECT 1 FROM kinds c WHERE c.design = a.design AND c.n = total) ORDER BY ALL LIMIT 1`,
  )
  if (mixed === undefined) return
  const [detector, n, host, otherN, otherHost] = mixed
  throw new ScoringBiasError(
    'BAD_FILE',
    `the units of ${detector} were trained on processors that round differently: ${counted(Number(n), 'unit')} on ` +
      `${hostName(host)}, ${counted(Number(otherN), 'unit')} on ${hostName(otherHost)}. One answer takes the numbers of one kind of processor. ` +
      'Nothing was written. Train the shards of one of them again on a machine like the other',
  )
}

async function summaryOf(connection: DuckDBConnection): Promise<Pick<MergedStore, 'units' | 'missing'>> {
  const [[units] = []] = await rowsOf(connection, 'SELECT count(DISTINCT task)::INTEGER FROM units')
  const [[shards] = []] = await rowsOf(
    connection,
    'SELECT CASE WHEN count(DISTINCT shards) = 1 THEN max(shards) END FROM plans',
  )
  const missing = await rowsOf(
    connection,
    `SELECT task, any_value(title), any_value(shard) FROM units GROUP BY task
     HAVING count(*) FILTER (status = 'done') = 0 ORDER BY any_value(shard), 2, task`,
  )
  return {
    units: Number(units),
    missing: missing.map(([task, title, shard]) => ({
      task: String(task),
      title: typeof title === 'string' ? title : String(task),
      ...(typeof shard === 'number' && typeof shards === 'number' && { shard, shards }),
    })),
  }
}

async function rowsOf(connection: DuckDBConnection, sql: string, values: DuckDBValue[] = []): Promise<DuckDBValue[][]> {
  return (await connection.runAndReadAll(sql, values)).getRows()
}
