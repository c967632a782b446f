import { z } from 'zod'

/** What the schemas of JSON output have in common. */

export const probability = z.number().min(0).max(1)
export const count = z.int().min(0)
export const ratePair = z.tuple([probability, probability])

/** A difference of two recalls. */
export const bias = z.number().min(-1).max(1)
export const biasInterval = z.tuple([bias, bias])
export const warnings = z.array(z.string()).describe('What to know before relying on the numbers, in sentences.')
