/** The setting for the causes of errors: real servers in this process, and their clients over loopback. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { memorySession, passwordProof, TelegramClient } from '@cablegram/client'
import { type CablegramServer, type ServerOptions, startServer } from '@cablegram/server'
import { type Sent, sendCode, signUp, TEST_CODE, testPhone } from '../e2e/logins.ts'
import { OldConnection } from '../e2e/old-wire.ts'

/** The api_id and api_hash of an app. */
export interface App {
  readonly apiId: number
  readonly apiHash: string
}

/** Differences between a client of a test and others. */
export interface ClientSetup {
  readonly dcId?: number
  /** A session that `exportSession` returned. */
  readonly session?: string
}

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length))

/** Starts and connects everything a cause needs, and ends it. */
export class World {
  readonly #open: { close(): Promise<void> | void }[] = []
  #shared: Promise<CablegramServer> | undefined
  #phones = 0
  readonly #phoneOf = new WeakMap<TelegramClient, string>()

  /** A server for all causes that change neither its clock nor its rules. */
  server(): Promise<CablegramServer> {
    this.#shared ??= this.start()
    return this.#shared
  }

  /** A server for this cause only. */
  async start(options: ServerOptions = {}): Promise<CablegramServer> {
    const server = await startServer({ store: 'memory', testClock: true, ...options })
    this.#open.push(server)
    return server
  }

  /**
   * A client whose calls go where it says, without temporary keys, which are slow to make and change
   * nothing.
   */
  connect(server: CablegramServer, { dcId, session }: ClientSetup = {}): TelegramClient {
    const dcs = server.info.dcs.filter(({ id }) => dcId === undefined || id === dcId)
    const client = new TelegramClient(memorySession(session), { server: { ...server.info, dcs }, pfs: false })
    this.#open.push(client)
    return client
  }

  /** Closes something before the servers. */
  closeLater(one: { close(): Promise<void> | void }): void {
    this.#open.push(one)
  }

  /** An empty folder, removed at the end. */
  async folder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'cablegram-errors-'))
    this.#open.unshift({ close: () => rm(folder, { recursive: true, force: true }) })
    return folder
  }

  /** A client of the shared server. */
  async client(): Promise<TelegramClient> {
    return this.connect(await this.server())
  }

  /** A peer that sends any message under its own key. */
  async raw(
    server: CablegramServer,
    options: { dcId?: number; expiresInS?: number } = {},
  ): Promise<OldConnection> {
    const dc = server.info.dcs.find(({ id }) => options.dcId === undefined || id === options.dcId)
    const [key] = server.info.publicKeys
    assert.ok(dc && key)
    const peer = new OldConnection(dc, options.expiresInS)
    this.#open.push(peer)
    await peer.open(key.pem, key.fingerprint)
    return peer
  }

  /** A fresh number. Its codes are known. */
  phone(): string {
    return testPhone(++this.#phones)
  }

  /** A user who has just signed up. */
  async user(
    server: CablegramServer,
    setup?: ClientSetup,
    phone: string = this.phone(),
  ): Promise<TelegramClient> {
    const client = this.connect(server, setup)
    await signUp(client, server.info, phone)
    return client
  }

  /** A pending code for a new number. */
  async sent(client: TelegramClient, server: CablegramServer, phone: string = this.phone()): Promise<Sent> {
    return await sendCode(client, server.info, phone)
  }

  /** A client that gave the right code for an account with this password. */
  async pending(server: CablegramServer, password: string): Promise<TelegramClient> {
    const phone = this.phone()
    await server.users.create({ phone, firstName: 'Ada', password })
    const client = this.connect(server)
    this.#phoneOf.set(client, phone)
    const sent = await this.sent(client, server, phone)
    await assert.rejects(client.auth.signIn({ ...sent, phoneCode: TEST_CODE }), {
      type: 'SESSION_PASSWORD_NEEDED',
    })
    return client
  }

  /** The number of an account with a password, by its client. */
  phoneOf(client: TelegramClient): string {
    const phone = this.#phoneOf.get(client)
    assert.ok(phone)
    return phone
  }

  /** A signed-in user whose account has this password. */
  async protectedUser(server: CablegramServer, password: string): Promise<TelegramClient> {
    const client = await this.pending(server, password)
    await client.auth.checkPassword({ password: await proof(client, password) })
    return client
  }

  /**
   * A server whose data is changed between two runs. `before` is done in the first.
   * @returns the server of the second run, and the session of `before`'s client
   */
  async damaged(
    before: (server: CablegramServer, client: TelegramClient) => Promise<void>,
    sql: string,
  ): Promise<{ server: CablegramServer; client: TelegramClient }> {
    const data = await this.folder()
    const first = await startServer({ data })
    const client = this.connect(first)
    await before(first, client)
    const session = await client.exportSession()
    await client.close()
    await first.close()
    const file = new DatabaseSync(join(data, 'cablegram.db'))
    file.exec(sql)
    file.close()
    const server = await this.start({ store: undefined, data })
    return { server, client: this.connect(server, { session }) }
  }

  async close(): Promise<void> {
    for (const one of this.#open.splice(0).reverse()) await one.close()
  }
}

/** The first app of a server. */
export function appOf({ info: { apps } }: CablegramServer): App {
  const [app] = apps
  assert.ok(app)
  return { apiId: app.apiId, apiHash: app.apiHash }
}

/** An answer to the password challenge. */
export async function proof(
  client: TelegramClient,
  password: string,
): Promise<ReturnType<typeof passwordProof>> {
  return passwordProof(await client.account.getPassword(), password, random)
}
