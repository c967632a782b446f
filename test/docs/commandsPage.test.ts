import { runsAsShown } from './runsAsShown.js'

// The guide of all commands trains as its readers do.
runsAsShown('docs/commands.md')
