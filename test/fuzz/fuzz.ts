// The child of scripts/fuzz.mjs: tries subject after subject, and says before each what it is and after it how it went.
import { resourceUsage } from 'node:process'
import { calls } from './calls.js'
import { subjects } from './subjects.js'

const [mode = 'run', only = '', givenSeed = '', runs = '40', path] = process.argv.slice(2)
const chosen = subjects.filter(({ name }) => (mode === 'repeat' ? name === only : name.includes(only)))
if (chosen.length === 0) {
  console.error(`nothing to fuzz has '${only}' in its name; there are\n${subjects.map(({ name }) => name).join('\n')}`)
  process.exit(2)
}

function say(what: object): void {
  process.send?.(what)
}

process.on('disconnect', () => process.exit(0))
for (let round = 0; mode === 'run' || round === 0; round++) {
  for (const { name, cost, run } of chosen) {
    const seed = givenSeed === '' ? Math.floor(Math.random() * 2 ** 31) : Number(givenSeed)
    // What costs more is tried less often, so that each gets about as much time.
    const numRuns = mode === 'repeat' ? Number(runs) : Math.max(1, Math.round(Number(runs) / cost))
    say({ batch: { name, seed, numRuns } })
    try {
      // Only what is repeated is made smaller, which can take long.
      await run({ seed, numRuns, endOnFailure: mode === 'run', ...(path === undefined ? {} : { path }) })
    } catch (error) {
      say({ failure: { name, seed, numRuns, report: error instanceof Error ? error.message : String(error) } })
    }
    say({ done: { name, calls, megabytes: Math.round(resourceUsage().maxRSS / 1024) } })
  }
}
process.disconnect?.()
