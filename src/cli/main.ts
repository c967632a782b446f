#!/usr/bin/env node
import { isTooManyFiles, tooManyFiles } from './tooManyFiles.js'

// Node opens the program's modules side by side, some hundred files: a limit shows here first.
try {
  await import('./program.js')
} catch (error) {
  if (!isTooManyFiles(error)) throw error
  process.stderr.write(`error: ${tooManyFiles}\n`)
  process.exitCode = 1
}
