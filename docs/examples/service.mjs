// A service that compares detectors: POST scores as NDJSON, one sample a line, and get the comparison as JSON.
//
//   node service.mjs [port] [host]        port 8080 of this machine alone, if nothing else is said
//   curl --data-binary @scores.jsonl 'localhost:8080/compare?fpr=0.05'
//
// A line is { "label": 0 or 1, "baseline": …, "candidate": …, "class"?: …, "split"?: … }. Scores are read as they arrive and
// kept as two float64 a sample; requests are answered side by side; a client that leaves stops its work.
//
// Whoever can reach it can send anything: the limits below bound what one request may take, and how many are answered at
// once. Node ends a request that takes more than five minutes to arrive (`server.requestTimeout`). It knows no users: put what does in
// front of it before it listens to others than this machine.
import { createServer } from 'node:http'
import { pathToFileURL } from 'node:url'
import { compare, ScoringBiasError } from 'scoring-bias'
import { compareJson } from 'scoring-bias/report'

const defaultLimits = {
  /** Bytes of a body; more is 413. */
  body: 64 * 2 ** 20,
  /** Characters of a line; more is 413. */
  line: 2 ** 16,
  /** Lines of a body, blank ones too; more is 413. */
  lines: 1_000_000,
  classes: 100,
  resamples: 100_000,
  /** Requests that are answered at once; the next one is 503. */
  requests: 8,
}

const defaults = { fpr: 0.05, level: 0.95, resamples: 10_000, seed: 0 }

/** What a request is answered with instead of a comparison. */
class Refusal extends Error {
  constructor(status, message) {
    super(message)
    this.status = status
  }
}

/** The lines of a body with their numbers, without blank ones, none longer than `limits.line`, none kept. */
async function* lines(body, limits) {
  const decoder = new TextDecoder()
  const within = (line) => {
    if (line.length > limits.line) throw new Refusal(413, `a line has at most ${limits.line} characters`)
    return line
  }
  let bytes = 0
  let number = 0
  let rest = ''
  // A body that is refused half-read is not destroyed: its socket still carries the answer.
  for await (const chunk of body.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length
    if (bytes > limits.body) throw new Refusal(413, `a body has at most ${limits.body} bytes`)
    const [first, ...others] = decoder.decode(chunk, { stream: true }).split('\n')
    rest = within(rest + first)
    for (const line of others) {
      number++
      if (number > limits.lines) throw new Refusal(413, `a body has at most ${limits.lines} lines`)
      // Here, as whoever waits for a line pays much more for it.
      if (rest.trim() !== '') yield [number, rest]
      rest = within(line)
    }
  }
  if (rest.trim() !== '') yield [number + 1, rest]
}

/** The samples of a body, parsed as they come. */
async function* samples(body, limits) {
  const classes = new Set()
  for await (const [number, line] of lines(body, limits)) {
    const sample = parsed(line, number)
    classes.add(sample?.class)
    if (classes.size > limits.classes)
      throw new Refusal(400, `at most ${limits.classes} classes, line ${number} has another`)
    yield sample
  }
}

function parsed(line, number) {
  try {
    return JSON.parse(line)
  } catch (cause) {
    throw new ScoringBiasError('BAD_FILE', `line ${number} is not JSON: ${cause.message}`, { cause })
  }
}

/** The options of a request's target. */
function optionsOf({ method, url }, limits) {
  if (!URL.canParse(url, 'http://localhost')) throw new Refusal(400, 'the target of the request is malformed')
  const { pathname, searchParams } = new URL(url, 'http://localhost')
  if (method !== 'POST' || pathname !== '/compare') throw new Refusal(404, 'POST /compare')
  const options = { ...defaults }
  for (const [name, value] of searchParams) {
    if (!Object.hasOwn(defaults, name))
      throw new Refusal(400, `there is no ${name}, only ${Object.keys(defaults).join(', ')}`)
    options[name] = value.trim() === '' ? Number.NaN : Number(value)
  }
  if (options.resamples > limits.resamples) throw new Refusal(400, `at most ${limits.resamples} resamples`)
  return options
}

async function answer(request, response, limits) {
  const controller = new AbortController()
  response.on('close', () => controller.abort('the client has left'))
  try {
    const options = { ...optionsOf(request, limits), rows: { source: 'request' }, signal: controller.signal }
    reply(response, 200, compareJson(await compare(samples(request, limits), options)))
  } catch (error) {
    if (controller.signal.aborted || request.errored) return
    if (error instanceof Refusal) reply(response, error.status, { error: error.message })
    else if (isOfInput(error)) reply(response, 400, { code: error.code, error: error.message })
    else throw error
  }
}

/** Whether another request would not have met an error. */
function isOfInput(error) {
  return error instanceof ScoringBiasError && !['INTERNAL', 'OUT_OF_MEMORY'].includes(error.code)
}

function reply(response, status, body) {
  // What is left of a body that was refused is not read.
  const headers = { 'content-type': 'application/json', ...(status !== 200 && { connection: 'close' }) }
  response.writeHead(status, headers).end(`${JSON.stringify(body)}\n`)
}

export function createService(limits = {}) {
  const all = { ...defaultLimits, ...limits }
  let answering = 0
  return createServer((request, response) => {
    if (answering >= all.requests) return reply(response, 503, { error: 'too many requests at once: try again' })
    answering++
    answer(request, response, all)
      .catch((error) => {
        console.error(error)
        if (!response.headersSent) reply(response, 500, { error: 'internal error' })
      })
      .finally(() => answering--)
  })
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [, , port = '8080', host = '127.0.0.1'] = process.argv
  const server = createService().listen(Number(port), host, () => {
    const { address, port } = server.address()
    console.log(`listening on ${address}, port ${port}`)
  })
}
