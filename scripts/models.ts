// Brings models/ up to what the code emits. With --check, changes nothing and fails where the folder differs.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { emitModel } from '../src/models/emitModel.js'
import { compareFolder, exportModels } from '../src/models/exportModels.js'
import { modelFiles } from '../src/models/manifest.js'
import { modelPlans } from '../src/models/modelPlan.js'
import { root } from './run.mjs'

const unknown = process.argv.slice(2).filter((argument) => argument !== '--check')
if (unknown.length > 0) {
  console.error(`unknown argument ${unknown.join(' ')}; there is only --check`)
  process.exit(2)
}

const folder = join(root, 'models')
const files = modelFiles(modelPlans().map(emitModel))
const { stale, foreign } = await compareFolder(folder, files)
if (process.argv.includes('--check')) {
  for (const path of stale) console.error(`models/${path} is not what the code emits`)
  for (const path of foreign) console.error(`models/${path} does not belong there`)
  if (stale.length + foreign.length > 0) {
    console.error('`npm run models` brings models/ up to date')
    process.exit(1)
  }
  console.log(`models/ holds what the code emits: ${files.size} files`)
} else {
  await exportModels(folder)
  for (const path of foreign) await rm(join(folder, path))
  console.log(`models/: ${stale.length} of ${files.size} files written, ${foreign.length} deleted`)
}
