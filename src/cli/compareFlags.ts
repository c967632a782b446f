import type { BiasOptions } from '../stats/bias/options.js'
import type { GateFlags } from './gateFlags.js'
import type { OutputFlags } from './output.js'
import type { ScoreFileFlags } from './scoreFiles.js'
import type { TargetFlags } from './targetFlags.js'
import type { UseFlags } from './useFlags.js'

/** What `compare` was asked. */
export interface CompareFlags
  extends ScoreFileFlags,
    OutputFlags,
    GateFlags,
    TargetFlags,
    UseFlags,
    Omit<BiasOptions, 'fpr' | 'threads' | 'signal' | 'onProgress'> {
  curve?: true
  curveFprs?: number[]
  csv?: true
  quiet?: true
}
