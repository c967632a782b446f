// A service that compares detectors: POST scores as NDJSON, one sample a line, and get the comparison as JSON.
//
//   node service.mjs 8080
//   curl --data-binary @scores.jsonl 'localhost:8080/compare?fpr=0.05'
//
// A line is { "label": 0 or 1, "baseline": …, "candidate": …, "class"?: …, "split"?: … }. Scores are read as they arrive and
// kept as two float64 a sample; requests are answered side by side; a client that leaves stops its work.
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { compare, ScoringBiasError } from 'scoring-bias'
import { compareJson } from 'scoring-bias/report'

/** The samples of a body, parsed as they come. */
async function* samples(body) {
  let line = 0
  for await (const text of createInterface({ input: body, crlfDelay: Number.POSITIVE_INFINITY })) {
    line++
    if (text.trim() === '') continue
    try {
      yield JSON.parse(text)
    } catch (cause) {
      throw new ScoringBiasError('BAD_FILE', `line ${line} is not JSON: ${cause.message}`, { cause })
    }
  }
}

async function answer(request, response) {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost')
  if (request.method !== 'POST' || pathname !== '/compare') return reply(response, 404, { error: 'POST /compare' })
  const controller = new AbortController()
  response.on('close', () => controller.abort('the client has left'))
  const number = (name, fallback) => Number(searchParams.get(name) ?? fallback)
  try {
    const comparison = await compare(samples(request), {
      fpr: number('fpr', 0.05),
      level: number('level', 0.95),
      resamples: number('resamples', 10_000),
      seed: number('seed', 0),
      rows: { source: 'request' },
      signal: controller.signal,
    })
    reply(response, 200, compareJson(comparison))
  } catch (error) {
    if (!(error instanceof ScoringBiasError)) throw error
    if (error.code !== 'ABORTED') reply(response, 400, { code: error.code, error: error.message })
  }
}

function reply(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`)
}

export function createService() {
  return createServer((request, response) => {
    answer(request, response).catch((error) => {
      console.error(error)
      if (!response.headersSent) reply(response, 500, { error: 'internal error' })
    })
  })
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const server = createService().listen(Number(process.argv[2] ?? 8080), () => {
    console.log(`listening on port ${server.address().port}`)
  })
}
