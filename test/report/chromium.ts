import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'

const command = ['chromium', 'chromium-browser', 'google-chrome'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
)

/** Why tests that need a browser are skipped, or false. With REQUIRE_CHROMIUM=1 they are not: they fail. */
export const skipWithoutChromium =
  command === undefined && process.env.REQUIRE_CHROMIUM !== '1'
    ? 'no Chromium in the path; `apt-get install chromium` brings one'
    : false

type Message = Record<string, unknown>

/** Chromium without a window, spoken to by the DevTools protocol over a pipe. */
export class Chromium {
  readonly #process: ChildProcess
  readonly #profile: string
  readonly #input: Writable
  readonly #pending = new Map<number, { resolve: (result: Message) => void; reject: (error: Error) => void }>()
  readonly #listeners = new Map<string, (method: string, params: Message) => void>()
  #sent = 0

  private constructor(process: ChildProcess, profile: string) {
    this.#process = process
    this.#profile = profile
    this.#input = process.stdio[3] as Writable
    const output = process.stdio[4] as Readable
    output.setEncoding('utf8')
    let text = ''
    output.on('data', (chunk: string) => {
      const messages = (text + chunk).split('\0')
      text = messages.pop() ?? ''
      for (const message of messages) this.#receive(JSON.parse(message))
    })
    const fail = (error: Error) => {
      for (const { reject } of this.#pending.values()) reject(error)
      this.#pending.clear()
    }
    this.#input.on('error', fail)
    process.on('error', fail)
    process.on('exit', (code) => fail(new Error(`Chromium ended with ${code}`)))
  }

  static async launch(): Promise<Chromium> {
    assert.ok(command !== undefined, 'REQUIRE_CHROMIUM is set, and no Chromium was found')
    const profile = await mkdtemp(join(tmpdir(), 'scoring-bias-chromium-'))
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--hide-scrollbars']
    const child = spawn(
      command,
      [...flags, '--no-first-run', '--remote-debugging-pipe', `--user-data-dir=${profile}`, 'about:blank'],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
    )
    return new Chromium(child, profile)
  }

  /** Opens a page of the size of a window, which has loaded when it is returned. */
  async open(url: string, { width = 1280, height = 900, script = true } = {}): Promise<Page> {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' })
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true })
    const page = new Page(this, String(sessionId))
    await page.start(url, { width, height, script })
    return page
  }

  send(method: string, params: Message = {}, sessionId?: string): Promise<Message> {
    const id = ++this.#sent
    const answer = new Promise<Message>((resolve, reject) => this.#pending.set(id, { resolve, reject }))
    this.#input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`)
    return answer
  }

  listen(sessionId: string, listener: (method: string, params: Message) => void): void {
    this.#listeners.set(sessionId, listener)
  }

  async close(): Promise<void> {
    const ended = once(this.#process, 'exit')
    this.send('Browser.close').catch(() => {})
    await ended
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 })
  }

  #receive(message: { id?: number; result?: Message; error?: Message; method?: string } & Message): void {
    if (message.id === undefined) {
      this.#listeners.get(String(message.sessionId))?.(message.method ?? '', message.params as Message)
      return
    }
    const waiting = this.#pending.get(message.id)
    this.#pending.delete(message.id)
    if (message.error === undefined) waiting?.resolve(message.result ?? {})
    else waiting?.reject(new Error(String(message.error.message)))
  }
}

export class Page {
  /** Errors and warnings in the console, exceptions. */
  readonly problems: string[] = []
  /** Whatever the page loaded, itself included. */
  readonly requests: string[] = []
  readonly #browser: Chromium
  readonly #session: string

  constructor(browser: Chromium, session: string) {
    this.#browser = browser
    this.#session = session
  }

  async start(url: string, window: { width: number; height: number; script: boolean }): Promise<void> {
    const loaded = new Promise<void>((resolve) => {
      this.#browser.listen(this.#session, (method, params) => {
        if (method === 'Page.loadEventFired') resolve()
        if (method === 'Network.requestWillBeSent') this.requests.push((params.request as { url: string }).url)
        if (['Runtime.exceptionThrown', 'Runtime.consoleAPICalled', 'Log.entryAdded'].includes(method)) {
          this.problems.push(JSON.stringify(params))
        }
      })
    })
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await this.#send(`${domain}.enable`)
    await this.resize(window.width, window.height)
    await this.#send('Emulation.setScriptExecutionDisabled', { value: !window.script })
    await this.#send('Page.navigate', { url })
    await loaded
  }

  async resize(width: number, height: number): Promise<void> {
    await this.#send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false })
  }

  async prefer(scheme: 'light' | 'dark'): Promise<void> {
    await this.#send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] })
  }

  /** Shows the page as on paper, or as on a screen again. */
  async media(media: 'print' | 'screen'): Promise<void> {
    await this.#send('Emulation.setEmulatedMedia', { media: media === 'print' ? media : '' })
  }

  /** The value of an expression in the page. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.#send('Runtime.evaluate', { expression, returnByValue: true })
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails))
    return (result as { value: T }).value
  }

  /** A key pressed and let go. */
  async press(key: string, windowsVirtualKeyCode: number): Promise<void> {
    for (const type of ['rawKeyDown', 'keyUp']) {
      await this.#send('Input.dispatchKeyEvent', { type, key, code: key, windowsVirtualKeyCode })
    }
  }

  /** A PNG of the whole page, or of the window. */
  async screenshot(whole = true): Promise<Buffer> {
    const { data } = await this.#send('Page.captureScreenshot', { captureBeyondViewport: whole })
    return Buffer.from(String(data), 'base64')
  }

  async pdf(): Promise<Buffer> {
    const { data } = await this.#send('Page.printToPDF', { preferCSSPageSize: true, printBackground: true })
    return Buffer.from(String(data), 'base64')
  }

  #send(method: string, params: Message = {}): Promise<Message> {
    return this.#browser.send(method, params, this.#session)
  }
}
