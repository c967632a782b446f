import { existsSync, readFileSync } from 'node:fs'
import { arch, cpus, type } from 'node:os'
import { join } from 'node:path'
import { runtimeVersions } from '../src/version.js'
import { benchFolder, type Case, runOnce } from './harness.js'
import { compileNativeSort } from './sort.js'
import { torchCommand } from './training.js'

/** Everything that numbers depend on, by name; versions of rivals only where they are installed. */
export function machine(): Record<string, string> {
  const [cpu] = cpus()
  const compiled = compileNativeSort()
  const commands: Case['command'][] = [
    ['python3', join(benchFolder, 'rivals', 'bootstrap.py'), 'versions'],
    ['python3', join(benchFolder, 'rivals', 'sort.py'), 'versions'],
    torchCommand('versions'),
    ['Rscript', join(benchFolder, 'rivals', 'bootstrap.R'), 'versions'],
    ...('program' in compiled ? [[compiled.program, 'versions'] as const] : []),
  ]
  const rivals = commands.map(runOnce).map((result) => ('metrics' in result ? result.metrics : {}))
  return {
    cpu: [cpu?.model ?? 'unknown', ...processorKind(), `${cpus().length} cores`].join(', '),
    system: `${type()} ${arch()}`,
    ...runtimeVersions(),
    ...Object.assign({}, ...rivals),
  }
}

/** Family and model, where the system tells: one name stands for several generations. */
function processorKind(): string[] {
  if (!existsSync('/proc/cpuinfo')) return []
  const text = readFileSync('/proc/cpuinfo', 'utf8')
  const [family, model] = [/^cpu family\s*: (\d+)$/m.exec(text)?.[1], /^model\s*: (\d+)$/m.exec(text)?.[1]]
  return family === undefined || model === undefined ? [] : [`family ${family} model ${model}`]
}
