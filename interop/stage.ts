/** The stage for one client's scenarios: its own server with a data folder, and its client processes. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ended, type ReadyLine, type ServeProcess, startServe } from '../test/e2e/serve.ts'
import { TLS_CERT, TLS_KEY } from '../test/e2e/tls.ts'
import { ClientProcess, type ServedClient } from './client-process.ts'
import { freePort } from './ports.ts'
import { openRelay, type Relay } from './relay.ts'

const CERT = 'cert.pem'
const KEY = 'key.pem'

/** The stage of one client; `clear` after every scenario, `close` at the end. */
export class Stage {
  readonly #program: ServedClient
  readonly #folder: string
  #serve: ServeProcess
  #clients: ClientProcess[] = []
  #relays: Relay[] = []
  #notes: string[] = []
  #numbers = 0

  private constructor(program: ServedClient, folder: string, serve: ServeProcess) {
    this.#program = program
    this.#folder = folder
    this.#serve = serve
  }

  /** Starts the server on free ports, with its data in a temporary folder. */
  static async open(program: ServedClient): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), 'cablegram-interop-'))
    await mkdir(join(folder, 'client'))
    if (program.tls) {
      await writeFile(join(folder, CERT), TLS_CERT)
      await writeFile(join(folder, KEY), TLS_KEY)
    }
    const port = await freePort()
    const serve = await startServe(serveArgs(program, folder, String(port), '0'))
    return new Stage(program, folder, serve)
  }

  /** The ready line of the server. */
  get server(): ReadyLine {
    return this.#serve.ready
  }

  /** Error of this client for an ended session. */
  get signedOut(): string {
    return this.#program.signedOut ?? 'AUTH_KEY_UNREGISTERED'
  }

  /** Starts another process of this stage's client. */
  client(): ClientProcess {
    const trusted = this.#program.tls ? join(this.#folder, CERT) : undefined
    const client = new ClientProcess(this.#program, join(this.#folder, 'client'), trusted)
    this.#clients.push(client)
    return client
  }

  /** A fresh number whose codes are random. */
  freshPhone(): string {
    this.#numbers += 1
    return `+447400${String(100000 + this.#numbers)}`
  }

  /** A fresh number of Telegram's test convention, whose code is known in advance. */
  freshTestPhone(home = 2): string {
    this.#numbers += 1
    return `+99966${home}${String(1000 + this.#numbers)}`
  }

  /** Ends the server with this signal and starts it again on the same data and ports. */
  async restartServer(signal: NodeJS.Signals): Promise<void> {
    const { dcs, console } = this.server
    const { code } = await this.#serve.stop(signal)
    if (signal === 'SIGTERM' && code !== 0) throw new Error(`the server ended with ${code} on SIGTERM`)
    const port = String(dcs[0]?.port)
    this.#serve = await startServe(serveArgs(this.#program, this.#folder, port, new URL(console).port))
  }

  /** A relay in front of the server. */
  async relay(): Promise<Relay> {
    const relay = await openRelay(this.server)
    this.#relays.push(relay)
    return relay
  }

  /** Adds a note to print beside the scenario's result. */
  note(text: string): void {
    this.#notes.push(text)
  }

  /** Ends what a scenario has left running; returns its notes and what its clients printed. */
  async clear(): Promise<{ notes: string[]; output: string }> {
    const output = this.#clients.map((client) => client.output).join('')
    await Promise.all(this.#clients.map((client) => client.kill()))
    for (const relay of this.#relays) relay.close()
    const notes = this.#notes
    this.#clients = []
    this.#relays = []
    this.#notes = []
    return { notes, output }
  }

  /** Ends the server and removes its data. */
  async close(): Promise<Ended> {
    await this.clear()
    const ended = await this.#serve.stop('SIGTERM')
    // A browser keeps writing for a moment after its client ends.
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 10 })
    return ended
  }
}

function serveArgs(program: ServedClient, folder: string, port: string, consolePort: string): string[] {
  const places = ['--data', join(folder, 'data'), '--port', port, '--console-port', consolePort]
  const tls = program.tls ? ['--tls-cert', join(folder, CERT), '--tls-key', join(folder, KEY)] : []
  return [...places, ...tls, ...(program.serve ?? [])]
}
