// Simulation grids on all cores: every worker takes one line of JSON for what to simulate, and answers with another.
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { at } from '../src/check.js'
import { benchFolder } from './harness.js'

interface Numbered {
  readonly number: number
}

/** What a simulated table of intervals is judged by. */
export interface TableShares extends Numbered {
  readonly dataSets: number
  /** Fraction of tables in which all simultaneous intervals hold ξ. */
  readonly joint: number
  /** Fraction of intervals of one cell that hold it. */
  readonly alone: number
  /** Fractions of tables with an arrow, and with one that points away from ξ (any, where ξ is 0). */
  readonly arrows: number
  readonly falseArrows: number
  readonly meanLength: number
}

interface Stored<Cell> {
  readonly machine: string
  readonly cells: Cell[]
}

/** What a grid's file holds. */
export function readGrid<Cell>(path: string): Stored<Cell> {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return { machine: '', cells: [] }
  }
}

export function writeGrid(path: string, { machine, cells }: Stored<unknown>): void {
  const rows = cells.map((cell) => `    ${JSON.stringify(cell)}`).join(',\n')
  writeFileSync(path, `{\n  "machine": ${JSON.stringify(machine)},\n  "cells": [\n${rows}\n  ]\n}\n`)
}

/** What a script simulates cell by cell, and prints as a table. */
interface Grid<Table, Cell> {
  /** `import.meta.url` of the script, and the grid's file beside it. */
  readonly script: string
  readonly file: string
  readonly tables: readonly Table[]
  readonly simulate: (table: Table, number: number, dataSets: number) => Promise<Cell>
  /** How many data sets a table has where so many are asked for: by default all of them. */
  readonly dataSetsOf?: (table: Table, dataSets: number) => number
  readonly print: (cells: readonly Cell[]) => string
}

/** A cell to simulate, for one of the processes. */
interface CellWork {
  readonly number: number
  readonly dataSets: number
}

/**
 * What `script [DATASETS] [--table]` does: simulates the cells that the grid's file lacks, or has with fewer data sets, writes the
 * file as cells come, and prints the table. A run that is stopped loses the cells it was at, and the next goes on.
 * SCORING_BIAS_WORKERS processes work, by default one for each core.
 */
export async function runGrid<Table, Cell extends CellWork>(
  { script, file, tables, simulate, dataSetsOf = (_, dataSets) => dataSets, print }: Grid<Table, Cell>,
  byDefault: number,
): Promise<void> {
  const [mode = `${byDefault}`] = process.argv.slice(2)
  if (mode === '--worker') {
    return answerWork(({ number, dataSets }: CellWork) => simulate(at(tables, number), number, dataSets))
  }
  const path = join(benchFolder, file)
  const cells = new Map(readGrid<Cell>(path).cells.map((cell) => [cell.number, cell]))
  const ordered = () => [...cells.values()].sort((a, b) => a.number - b.number)
  if (mode !== '--table') {
    requireDataSets(Number(mode))
    const work = tables
      .map((table, number) => ({ number, dataSets: dataSetsOf(table, Number(mode)) }))
      .filter(({ number, dataSets }) => !((cells.get(number)?.dataSets ?? 0) >= dataSets))
    const machine = `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, node ${process.versions.node}`
    let done = tables.length - work.length
    await runWorkers<CellWork, Cell>(fileURLToPath(script), work, workers(), (cell) => {
      cells.set(cell.number, cell)
      writeGrid(path, { machine, cells: ordered() })
      process.stderr.write(`${++done}/${tables.length}: ${JSON.stringify(cell).slice(0, 120)}\n`)
    })
  }
  console.log(print(ordered()))
}

function requireDataSets(dataSets: number): void {
  if (!Number.isInteger(dataSets) || dataSets < 1)
    throw new RangeError(`DATASETS must be a positive integer: ${dataSets}`)
}

function workers(): number {
  return Number(process.env.SCORING_BIAS_WORKERS ?? cpus().length)
}

/** A grid that grows: what is missing of a cell for so many data sets, and what an answer adds to it. */
interface Growth<Cell, Work, Answer> {
  readonly path: string
  readonly script: string
  /** All of the grid, by number. */
  readonly cells: Cell[]
  readonly missing: (cell: Cell, dataSets: number) => Iterable<Work>
  readonly add: (cell: Cell, answer: Answer) => Cell
}

/**
 * Simulates what is missing of cells (`ranges` such as `0-9,20`) and writes the grid's file as answers come, in rounds of ever more
 * data sets, so that no cell is far ahead of the others: a run that is stopped loses little, and the next goes on.
 * SCORING_BIAS_WORKERS processes work, by default one for each core.
 */
export async function growGrid<Cell, Work, Answer extends Numbered>(
  { path, script, cells, missing, add }: Growth<Cell, Work, Answer>,
  dataSets: number,
  ranges = `0-${cells.length - 1}`,
): Promise<void> {
  requireDataSets(dataSets)
  const chosen = ranges.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number)
    return cells.slice(first, last + 1).map((_, i) => first + i)
  })
  const machine = `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, node ${process.versions.node}`
  for (const end of rounds(dataSets)) {
    const work = chosen.flatMap((number) => [...missing(at(cells, number), end)])
    let done = 0
    await runWorkers<Work, Answer>(script, work, workers(), (answer) => {
      cells[answer.number] = add(at(cells, answer.number), answer)
      done++
      if (done % 20 !== 0 && done !== work.length) return
      writeGrid(path, { machine, cells })
      process.stderr.write(`${end} data sets: ${done} of ${work.length}\n`)
    })
  }
}

function* rounds(dataSets: number): Generator<number> {
  for (let most = 125; most < dataSets; most *= 2) yield most
  yield dataSets
}

/**
 * Has processes of `script --worker` do the work, one line of JSON to each at a time, and takes what they print for it.
 * A worker's side is {@link answerWork}.
 */
export async function runWorkers<Work, Answer>(
  script: string,
  work: readonly Work[],
  nWorkers: number,
  onAnswer: (answer: Answer) => void,
): Promise<void> {
  const loader = pathToFileURL(join(benchFolder, '..', 'test', 'loadTypescript.mjs')).href
  const queue = work.values()
  await Promise.all(
    Array.from({ length: Math.min(nWorkers, work.length) }, async (_, worker) => {
      const args = ['--import', loader, script, '--worker']
      const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
      const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
      const next = () => {
        const { done, value } = queue.next()
        if (done) child.stdin.end()
        else child.stdin.write(`${JSON.stringify(value)}\n`)
      }
      next()
      for await (const line of createInterface({ input: child.stdout })) {
        onAnswer(JSON.parse(line))
        next()
      }
      if ((await ended) !== 0) throw new Error(`worker ${worker} failed`)
    }),
  )
}

export async function answerWork<Work>(answer: (work: Work) => Promise<unknown>): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await answer(JSON.parse(line))))
  }
}
