import { after } from 'node:test'
import { ThreadTrainer } from '../../src/study/trainer/trainScenarios.js'

/** Trains for all studies of a process: starting threads for each would take longer than most of these trainings. */
export const trainer = new ThreadTrainer({ workers: 2, device: 'cpu' })
after(() => trainer.close())
