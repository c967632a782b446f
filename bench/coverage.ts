// How often the intervals of bootstrapInterval hold the true ξ: npm run bench:coverage [-- DATASETS] [--table].
// Simulates data sets of two paired detectors whose true ξ is known, cell by cell of a grid, on all cores, and writes
// bench/coverage.json as it goes. Every data set's random numbers depend on its cell and number alone, so the result
// depends neither on the number of cores nor on which cells were done before. --table only prints docs/intervals.md's
// table of what is there.
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Cell, type CellCoverage, cells, simulateCell } from './coverageCell.js'
import { coverageTable } from './coverageTable.js'
import { benchFolder } from './harness.js'

const path = join(benchFolder, 'coverage.json')

interface Stored {
  readonly machine: string
  readonly cells: CellCoverage[]
}

function readStored(): Stored {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return { machine: '', cells: [] }
  }
}

/** Prints the cells whose number is `first` modulo `step`, one line of JSON each. */
async function simulateShare(first: number, step: number, dataSets: number): Promise<void> {
  for (const [number, cell] of cells.entries()) {
    if (number % step === first)
      console.log(JSON.stringify(await simulateCell(cell, number, dataSetsOf(cell, dataSets))))
  }
}

/** Large cells cost as much as thirty small ones: a fifth of the data sets has to do. */
function dataSetsOf({ nNormal }: Cell, dataSets: number): number {
  return nNormal > 1000 ? Math.ceil(dataSets / 5) : dataSets
}

async function simulateAll(dataSets: number): Promise<void> {
  const nWorkers = cpus().length
  const done: CellCoverage[] = []
  const loader = pathToFileURL(join(benchFolder, '..', 'test', 'loadTypescript.mjs')).href
  const machine = `${cpus()[0]?.model ?? 'unknown'}, ${nWorkers} cores, node ${process.versions.node}`
  await Promise.all(
    Array.from({ length: nWorkers }, async (_, worker) => {
      const args = ['--import', loader, fileURLToPath(import.meta.url), '--share', `${worker}`, `${nWorkers}`]
      const child = spawn(process.execPath, [...args, `${dataSets}`], { stdio: ['ignore', 'pipe', 'inherit'] })
      const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
      for await (const line of createInterface({ input: child.stdout })) {
        done.push(JSON.parse(line))
        done.sort((a, b) => a.number - b.number)
        const rows = done.map((cell) => `    ${JSON.stringify(cell)}`).join(',\n')
        writeFileSync(path, `{\n  "machine": ${JSON.stringify(machine)},\n  "cells": [\n${rows}\n  ]\n}\n`)
        process.stderr.write(`${done.length}/${cells.length}: ${line.slice(0, 120)}\n`)
      }
      if ((await ended) !== 0) throw new Error(`worker ${worker} failed`)
    }),
  )
}

const [mode = '10000', ...rest] = process.argv.slice(2)
if (mode === '--share') {
  const [first = 0, step = 1, dataSets = 0] = rest.map(Number)
  await simulateShare(first, step, dataSets)
} else if (mode === '--table') {
  console.log(coverageTable(readStored().cells))
} else {
  const dataSets = Number(mode)
  if (!Number.isInteger(dataSets) || dataSets < 1)
    throw new RangeError(`DATASETS must be a positive integer, got ${mode}`)
  await simulateAll(dataSets)
  console.log(coverageTable(readStored().cells))
}
