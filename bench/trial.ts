// One trial of one of this package's contestants: trial.ts SUBJECT TRIAL ARGUMENTS prints metrics as JSON.
import process from 'node:process'
import { subjects } from './subjects.js'

const [, , subjectName, trialName = '', args = '{}'] = process.argv
const trial = subjects.find(({ name }) => name === subjectName)?.ours[trialName]
if (trial === undefined) throw new RangeError(`there is no trial '${trialName}' of '${subjectName}'`)
console.log(JSON.stringify(await trial(JSON.parse(args))))
