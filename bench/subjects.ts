import { bootstrapSubject } from './bootstrap.js'
import { enginesSubject } from './engines.js'
import { exactLawSubject } from './exactLaw.js'
import { firstStepSubject } from './firstStep.js'
import type { Subject } from './harness.js'
import { overheadSubject } from './overhead.js'
import { pipelineSubject } from './pipeline.js'
import { sortSubject } from './sort.js'
import { startSubject } from './start.js'
import { trainingSubject } from './training.js'

export const subjects: readonly Subject[] = [
  sortSubject,
  bootstrapSubject,
  enginesSubject,
  exactLawSubject,
  pipelineSubject,
  overheadSubject,
  startSubject,
  trainingSubject,
  firstStepSubject,
]
