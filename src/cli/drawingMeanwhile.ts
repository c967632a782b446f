import type { OnProgress } from '../progress.js'
import { prepareToDraw } from '../report/charts/renderSvg.js'
import type { OutputFlags } from './output.js'

/** A study's progress; where a page is asked for, what draws it loads while threads resample and this one waits. */
export function drawingMeanwhile({ report }: OutputFlags, onProgress: OnProgress): OnProgress {
  let isBegun = typeof report !== 'string'
  return (progress) => {
    if (!isBegun && progress.phase === 'resampling') {
      isBegun = true
      prepareToDraw()
    }
    onProgress(progress)
  }
}
