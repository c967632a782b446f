/** A point of a chart with a vertical interval and a name, in pixels from the top left. */
export interface NamedPoint {
  readonly x: number
  readonly y: number
  /** Ends of its interval, upper first. */
  readonly top: number
  readonly bottom: number
  readonly label: string
  /** Whether its name has to stand there, whatever it meets. Default false. */
  readonly always?: boolean
}

interface LabelArea {
  readonly width: number
  readonly height: number
  readonly fontSize: number
  /** Height of the line at 0, which names leave free where they can. */
  readonly zero: number
}

type Box = Readonly<Record<'left' | 'right' | 'top' | 'bottom', number>>

/** Between a point and its name. */
const gap = 9

interface LabelPlace {
  readonly x: number
  readonly y: number
  readonly align: 'left' | 'right'
}

/**
 * Places for the names of points, each its end nearest to the point and its middle line, so that they meet no other name, hide
 * no point, are not beside that of another and cross few intervals: for each in turn the cheapest of places beside it, level or higher or lower. Names that have
 * to stand there come first; of the others, one without a place where it meets no name has none. O(points²).
 */
export function labelPlaces(points: readonly NamedPoint[], area: LabelArea): (LabelPlace | undefined)[] {
  const taken: Box[] = []
  const places = points.map((): LabelPlace | undefined => undefined)
  const isFirst = ({ always = false }: NamedPoint) => Number(!always)
  const order = points.map((point, i) => ({ point, i })).sort((a, b) => isFirst(a.point) - isFirst(b.point))
  for (const { point, i } of order) {
    if (point.label === '') continue
    const { place, box, meets } = bestPlace(point, points, taken, area)
    if (meets && !point.always) continue
    taken.push(box)
    places[i] = place
  }
  return places
}

function bestPlace(
  point: NamedPoint,
  points: readonly NamedPoint[],
  taken: readonly Box[],
  { width, height, fontSize, zero }: LabelArea,
) {
  const length = 0.58 * fontSize * point.label.length
  const [half, step] = [0.62 * fontSize, fontSize / 3]
  const offsets = Array.from({ length: 49 }, (_, i) => (i % 2 === 0 ? -1 : 1) * Math.ceil(i / 2) * step)
  const places = offsets.flatMap((offset) =>
    (['left', 'right'] as const).map((align) => {
      const x = point.x + (align === 'left' ? gap : -gap)
      const y = point.y + offset
      const left = align === 'left' ? x : x - length
      const box = { left, right: left + length, top: y - half, bottom: y + half }
      const outside = box.left < 0 || box.right > width || box.top < 0 || box.bottom > height
      const hidden = taken.filter((other) => overlap(box, other)).length
      const dots = points.filter((other) => overlap(box, around(other.x, other.y, 6))).length
      const crossed = points.filter((other) =>
        overlap(box, { ...around(other.x, 0, 2), top: other.top, bottom: other.bottom }),
      ).length
      const onZero = Number(box.top < zero && zero < box.bottom)
      const own = distance(box, point)
      const others = points.filter((other) => other !== point).map((other) => distance(box, other))
      const nearest = others.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
      // Beside the point of another, a name is taken for the other's; further off a line tells whose it is.
      const mistaken = nearest < own ? Math.max(0, 1 - nearest / (3 * fontSize)) : 0
      const cost =
        1000 * Number(outside) +
        200 * hidden +
        100 * dots +
        40 * mistaken +
        8 * crossed +
        4 * onZero +
        Math.abs(offset) / step
      return { place: { x, y, align }, box, cost, meets: outside || hidden > 0 }
    }),
  )
  return places.reduce((a, b) => (b.cost < a.cost ? b : a))
}

/** From a point to what is nearest of a box. */
function distance({ left, right, top, bottom }: Box, { x, y }: Pick<NamedPoint, 'x' | 'y'>): number {
  return Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom))
}

function around(x: number, y: number, reach: number): Box {
  return { left: x - reach, right: x + reach, top: y - reach, bottom: y + reach }
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}
