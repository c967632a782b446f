// Loaded before a program (node --import): says on standard error, when it ends, which functions of the addon it called none of.
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const path = fileURLToPath(new URL('../../build/Release/scoring_bias.node', import.meta.url))
const addon = createRequire(import.meta.url)(path)
const uncalled = new Set()
for (const [name, value] of Object.entries(addon)) {
  if (typeof value !== 'function') continue
  uncalled.add(name)
  addon[name] = (...args) => {
    uncalled.delete(name)
    return value(...args)
  }
}
process.on('exit', () => process.stderr.write(`${JSON.stringify([...uncalled])}\n`))
