import { invariant } from '../../check.js'

/**
 * Drawings that stand side by side, each with room at its right up to the width of the widest: a page then shows all at one scale, and
 * their rows meet.
 */
export function sameWidth(svgs: readonly string[]): string[] {
  const widest = svgs.reduce((most, svg) => Math.max(most, widthOf(svg)), 0)
  return svgs.map((svg) => {
    const width = widthOf(svg)
    return svg.replace(/^<svg [^>]*>/, (tag) =>
      tag
        .replace(`width="${width}"`, `width="${widest}"`)
        .replace(`--width:${width}px`, `--width:${widest}px`)
        .replace(`viewBox="0 0 ${width} `, `viewBox="0 0 ${widest} `),
    )
  })
}

function widthOf(svg: string): number {
  const width = /^<svg [^>]*?\bwidth="([\d.]+)"/.exec(svg)?.[1]
  invariant(width !== undefined, 'a drawing says its width')
  return Number(width)
}
