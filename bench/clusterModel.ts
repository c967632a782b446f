import { at } from '../src/check.js'
import { uniform } from '../src/random/uniform.js'

/** A study that a queue trains, as the simulation knows it. Times are seconds. */
export interface ClusterModel {
  /** How long each unit trains, in the order in which they are queued. */
  readonly units: ArrayLike<number>
  /** Each trains one unit at a time. */
  readonly workers: number
  /** From the end of a training until its result is in Redis. */
  readonly delivery: number
  /** What the coordinator, one server, takes to store a result and queue another unit. */
  readonly storing: number
  /** The share of its time that the coordinator takes for other things, in [0, 1). */
  readonly otherwise: number
  /** Mean time to the death of a worker while it trains, exponential; infinity where none dies. */
  readonly life: number
  /** From the death of a worker until it, or another one in its place, is there. */
  readonly restart: number
  /** How long others leave the units alone of a worker that is silent. */
  readonly lock: number
  /** Deaths over a unit after which it is given up. */
  readonly deaths: number
  /** Units that are queued for each that can be trained at a time. */
  readonly ahead: number
  readonly seed: number
}

/** What came of it. */
export interface Simulated {
  /** Until the last result was stored. */
  readonly makespan: number
  readonly stored: number
  readonly givenUp: number
  /** Deaths of workers while they trained. */
  readonly died: number
  /** The share of the makespan that workers trained what was stored. */
  readonly utilisation: number
  /** The share of the makespan that the coordinator stored and queued, in its other work's absence. */
  readonly storingShare: number
  /** Mean time of a result in Redis before the coordinator turned to it, and the most results there at a time. */
  readonly meanWait: number
  readonly mostWaiting: number
}

interface Event {
  readonly time: number
  /** Events of one time happen in the order in which they were planned. */
  readonly order: number
  readonly happen: () => void
}

/** Events by their times: a binary heap. */
class Agenda {
  readonly #heap: Event[] = []
  #planned = 0
  now = 0

  plan(after: number, happen: () => void): void {
    const heap = this.#heap
    const event = { time: this.now + after, order: this.#planned++, happen }
    let i = heap.push(event) - 1
    for (let parent = (i - 1) >> 1; i > 0 && isBefore(event, at(heap, parent)); parent = (i - 1) >> 1) {
      heap[i] = at(heap, parent)
      i = parent
    }
    heap[i] = event
  }

  /** Lets the next event happen; false where there is none. */
  step(): boolean {
    const heap = this.#heap
    const [first] = heap
    const last = heap.pop()
    if (first === undefined || last === undefined) return false
    if (heap.length > 0) this.#sink(last)
    this.now = first.time
    first.happen()
    return true
  }

  #sink(event: Event): void {
    const heap = this.#heap
    let i = 0
    for (let child = 1; child < heap.length; child = 2 * i + 1) {
      const right = child + 1
      if (right < heap.length && isBefore(at(heap, right), at(heap, child))) child = right
      if (!isBefore(at(heap, child), event)) break
      heap[i] = at(heap, child)
      i = child
    }
    heap[i] = event
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order)
}

/** Uniform numbers in (0, 1), one after another. */
function numbersOf(seed: number): () => number {
  const size = 4096
  let block: Float64Array = new Float64Array(0)
  let i = 0
  let replicate = 0
  return () => {
    if (i === block.length) {
      block = uniform(size, { seed, stream: 0, replicate: replicate++ })
      i = 0
    }
    return at(block, i++)
  }
}

/**
 * Lets a study go through the queue, event by event. A worker takes the oldest unit of the queue, trains it and delivers its result, and
 * takes the next one; when it dies its unit is free again after `lock` to 1.5 `lock`, as often as the queue looks for silent
 * workers. The coordinator stores results in the order in which they come, and queues a unit for each; so many are out at a time as
 * `ahead` says.
 */
export function simulate(model: ClusterModel): Simulated {
  return new Simulation(model).run()
}

class Simulation {
  readonly #model: ClusterModel
  readonly #agenda = new Agenda()
  readonly #random: () => number
  /** Numbers of units that wait for a worker; the first of them is at `#head`. */
  readonly #queue: number[] = []
  #head = 0
  #idle: number
  #next = 0
  /** When each result came that is not stored. */
  readonly #results: number[] = []
  #firstResult = 0
  #isStoring = false
  readonly #deaths = new Map<number, number>()
  #stored = 0
  #givenUp = 0
  #died = 0
  #trained = 0
  #waited = 0
  #mostWaiting = 0
  #end = 0

  constructor(model: ClusterModel) {
    this.#model = model
    this.#random = numbersOf(model.seed)
    this.#idle = model.workers
  }

  run(): Simulated {
    const { units, workers, ahead, storing } = this.#model
    for (let i = 0; i < Math.min(units.length, ahead * workers); i++) this.#queue.push(this.#next++)
    this.#start()
    while (this.#stored + this.#givenUp < units.length && this.#agenda.step());
    const makespan = this.#end
    return {
      ...{ makespan, stored: this.#stored, givenUp: this.#givenUp, died: this.#died },
      utilisation: this.#trained / (makespan * workers),
      storingShare: (this.#stored * storing) / makespan,
      meanWait: this.#stored === 0 ? 0 : this.#waited / this.#stored,
      mostWaiting: this.#mostWaiting,
    }
  }

  /** Gives units to workers, as long as there are both. */
  #start(): void {
    while (this.#idle > 0 && this.#head < this.#queue.length) {
      this.#idle--
      this.#train(at(this.#queue, this.#head++))
    }
  }

  #train(unit: number): void {
    const { units, delivery, life, restart, lock } = this.#model
    const seconds = at(units, unit)
    const death = life === Number.POSITIVE_INFINITY ? life : -life * Math.log(this.#random())
    if (death >= seconds + delivery) {
      this.#agenda.plan(seconds + delivery, () => {
        this.#trained += seconds
        this.#idle++
        this.#deliver()
        this.#start()
      })
      return
    }
    this.#agenda.plan(death, () => {
      this.#died++
      this.#agenda.plan(restart, () => {
        this.#idle++
        this.#start()
      })
      this.#agenda.plan(lock * (1 + this.#random() / 2), () => this.#free(unit))
    })
  }

  /** Of a unit whose worker was silent for long. */
  #free(unit: number): void {
    const deaths = (this.#deaths.get(unit) ?? 0) + 1
    this.#deaths.set(unit, deaths)
    if (deaths < this.#model.deaths) this.#queue.push(unit)
    else {
      this.#givenUp++
      this.#end = this.#agenda.now
      this.#refill()
    }
    this.#start()
  }

  #refill(): void {
    if (this.#next < this.#model.units.length) this.#queue.push(this.#next++)
  }

  #deliver(): void {
    this.#results.push(this.#agenda.now)
    this.#mostWaiting = Math.max(this.#mostWaiting, this.#results.length - this.#firstResult)
    if (!this.#isStoring) this.#store()
  }

  #store(): void {
    const { storing, otherwise } = this.#model
    this.#isStoring = true
    this.#waited += this.#agenda.now - at(this.#results, this.#firstResult++)
    this.#agenda.plan(storing / (1 - otherwise), () => {
      this.#stored++
      this.#end = this.#agenda.now
      this.#isStoring = false
      this.#refill()
      this.#start()
      if (this.#firstResult < this.#results.length) this.#store()
    })
  }
}
