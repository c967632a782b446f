import { join } from 'node:path'
import process from 'node:process'
import { detector } from '../src/detectors/detectors.js'
import { benchFolder, type Case, type Subject } from './harness.js'
import { workloads } from './training.js'

function cases(): Case[] {
  return Object.entries(workloads).flatMap(([network, { title, detectors }]) =>
    detectors.map((objective): Case => {
      const command = [process.execPath, join(benchFolder, 'firstStep.mjs'), network, objective] as const
      return { input: `${title}, ${detector(objective).title}`, contestant: 'trainReplicas, 1 replica', command }
    }),
  )
}

export const firstStepSubject: Subject = {
  name: 'firstStep',
  about:
    'Milliseconds from nothing (no graph, no session, no worker thread) to the end of the first step of training, by the built package ' +
    'in a process of its own: on the clock, and of processor time over all threads. PyTorch is measured with the subject training.',
  trials: 7,
  cases,
  ours: {},
}
