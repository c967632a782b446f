// Simulation grids on all cores: every worker takes the cells of its share and prints one line of JSON for each.
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
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

/** Runs `script --share WORKER WORKERS DATASETS` once for each core and writes the file of the grid as lines come. */
export async function simulateGrid(script: string, path: string, nCells: number, dataSets: number): Promise<void> {
  const nWorkers = cpus().length
  const done: Numbered[] = []
  const loader = pathToFileURL(join(benchFolder, '..', 'test', 'loadTypescript.mjs')).href
  const machine = `${cpus()[0]?.model ?? 'unknown'}, ${nWorkers} cores, node ${process.versions.node}`
  await Promise.all(
    Array.from({ length: nWorkers }, async (_, worker) => {
      const args = ['--import', loader, script, '--share', `${worker}`, `${nWorkers}`, `${dataSets}`]
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
      for await (const line of createInterface({ input: child.stdout })) {
        done.push(JSON.parse(line))
        done.sort((a, b) => a.number - b.number)
        writeGrid(path, { machine, cells: done })
        process.stderr.write(`${done.length}/${nCells}: ${line.slice(0, 120)}\n`)
      }
      if ((await ended) !== 0) throw new Error(`worker ${worker} failed`)
    }),
  )
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
  if (!Number.isInteger(dataSets) || dataSets < 1)
    throw new RangeError(`DATASETS must be a positive integer: ${dataSets}`)
  const chosen = ranges.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number)
    return cells.slice(first, last + 1).map((_, i) => first + i)
  })
  const machine = `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, node ${process.versions.node}`
  const nWorkers = Number(process.env.SCORING_BIAS_WORKERS ?? cpus().length)
  for (const end of rounds(dataSets)) {
    const work = chosen.flatMap((number) => [...missing(at(cells, number), end)])
    let done = 0
    await runWorkers<Work, Answer>(script, work, nWorkers, (answer) => {
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
