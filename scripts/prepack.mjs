// Refuses to pack without the addons that a package must bring, or with one that is not of these sources.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkPrebuild, sourcesHash } from './checkPrebuild.mjs'
import { root } from './run.mjs'
import { targets } from './targets.mjs'

const folder = join(root, 'prebuilds')
const there = existsSync(folder) ? readdirSync(folder) : []
const required = Object.keys(targets).filter((name) => targets[name].required)
const hash = sourcesHash()

/** Why an addon cannot be packed; undefined where it can. */
function faultOf(name) {
  const path = join(folder, name, 'scoring_bias.node')
  if (!existsSync(path)) return 'is missing'
  const source = join(folder, name, 'sources.sha256')
  if (!existsSync(source) || readFileSync(source, 'utf8') !== hash) return 'is not built from these sources'
  try {
    checkPrebuild(name, path)
  } catch (error) {
    return `does not run everywhere: ${error.message}`
  }
}

const faults = [...new Set([...required, ...there])].flatMap((name) => {
  const fault = Object.hasOwn(targets, name) ? faultOf(name) : 'is no target'
  return fault === undefined ? [] : [`prebuilds/${name} ${fault}`]
})
if (faults.length > 0) {
  const names = [...new Set([...required, ...there.filter((name) => Object.hasOwn(targets, name))])].join(' ')
  console.error(`The package is not packed: ${faults.join('; ')}. Build them by \`npm run addons -- ${names}\``)
  process.exit(1)
}
