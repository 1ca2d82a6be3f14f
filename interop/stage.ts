/**
 * The stage for one client's scenarios: its own server, and its client processes. The server is one process with a data folder,
 * or several nodes over PostgreSQL and Redis.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../test/e2e/free-port.ts'
import { type Ended, type ReadyLine, type ServeProcess, startServe } from '../test/e2e/serve.ts'
import { TLS_CERT, TLS_KEY } from '../test/e2e/tls.ts'
import { ClientProcess, type ServedClient } from './client-process.ts'
import { newSharedPlaces } from './engines.ts'
import { openRelay, type Relay } from './relay.ts'

const CERT = 'cert.pem'
const KEY = 'key.pem'

/** The stage of one client; `clear` after every scenario, `close` at the end. */
export class Stage {
  readonly #program: ServedClient
  readonly #folder: string
  readonly #places: Places
  readonly #nodes: ServeProcess[]
  #clients: ClientProcess[] = []
  #relays: Relay[] = []
  #notes: string[] = []
  #numbers = 0

  private constructor(program: ServedClient, folder: string, places: Places, nodes: ServeProcess[]) {
    this.#program = program
    this.#folder = folder
    this.#places = places
    this.#nodes = nodes
  }

  /** Starts the server on free ports, with its files in a temporary folder. */
  static async open(program: ServedClient): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), 'cablegram-interop-'))
    await mkdir(join(folder, 'client'))
    if (program.tls) {
      await writeFile(join(folder, CERT), TLS_CERT)
      await writeFile(join(folder, KEY), TLS_KEY)
    }
    const places = program.nodes === undefined ? ownPlaces(folder) : await newSharedPlaces(folder)
    const nodes: ServeProcess[] = []
    const stage = new Stage(program, folder, places, nodes)
    try {
      // The first node makes the tables and the secret of the others.
      for (let node = 0; node < (program.nodes ?? 1); node++) {
        const [port, consolePort] = [await freePort(), await freePort()]
        nodes.push(await startServe(stage.#serveArgs(String(port), String(consolePort))))
      }
    } catch (error) {
      await stage.close()
      throw error
    }
    return stage
  }

  /** The ready line of the server, or of its first node. */
  get server(): ReadyLine {
    return this.node(0)
  }

  /** The ready line of a node. */
  node(index: number): ReadyLine {
    return this.#serve(index).ready
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

  /** Where a scenario may keep a file with this name; it goes with the stage. */
  path(name: string): string {
    return join(this.#folder, name)
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

  /** Ends the server, or its first node, with this signal and starts it again on the same data and ports. */
  async restartServer(signal: NodeJS.Signals): Promise<void> {
    const { dcs, console } = this.server
    const { code } = await this.#serve(0).stop(signal)
    if (signal === 'SIGTERM' && code !== 0) throw new Error(`the server ended with ${code} on SIGTERM`)
    const port = String(dcs[0]?.port)
    this.#nodes[0] = await startServe(this.#serveArgs(port, new URL(console).port))
  }

  /** A relay in front of the server, or of one of its nodes. */
  async relay(node = 0): Promise<Relay> {
    const relay = await openRelay(this.node(node))
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

  /** Ends the server and removes its data. @returns the end of each node */
  async close(): Promise<Ended[]> {
    await this.clear()
    const ended = await Promise.all(this.#nodes.map((node) => node.stop('SIGTERM')))
    // A browser keeps writing for a moment after its client ends.
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 10 })
    return ended
  }

  #serve(index: number): ServeProcess {
    const node = this.#nodes[index]
    if (node === undefined) throw new Error(`there is no node ${index}`)
    return node
  }

  #serveArgs(port: string, consolePort: string): string[] {
    const { serve = [], tls } = this.#program
    const ports = ['--port', port, '--console-port', consolePort]
    const files = tls ? ['--tls-cert', join(this.#folder, CERT), '--tls-key', join(this.#folder, KEY)] : []
    return [...this.#places, ...ports, ...files, ...serve]
  }
}

/** Options that say where a server keeps its data. */
type Places = readonly string[]

function ownPlaces(folder: string): Places {
  return ['--data', join(folder, 'data')]
}
