/** One client of the benchmark of files: signs in, sends a file, and reads it again. */
import { createPublicKey } from 'node:crypto'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import type { ServerInfo } from '@cablegram/client'

/** Everything that a client is told. */
export interface FilesSetup {
  readonly path: string
  readonly mib: number
  readonly phone: string
  readonly code: string
  readonly server: ServerInfo
}

/** Figures of one run: milliseconds per MiB, and the slowest of the small calls that were made meanwhile. */
export interface FilesResult {
  readonly upMs: number
  readonly upCpuMs: number
  readonly downMs: number
  readonly downCpuMs: number
  readonly callMs: number
}

/** A client, as far as it is measured. */
interface FilesClient {
  /** Sends a file to oneself. @returns what `down` takes */
  up(): Promise<unknown>
  down(sent: unknown): Promise<number>
  call(): Promise<unknown>
  close(): Promise<unknown>
}

const require = createRequire(import.meta.url)
const [name = ''] = process.argv.slice(2)
const [setup]: [FilesSetup] = (await once(process, 'message')) as [FilesSetup]
const { mib } = setup
const CLIENTS: Readonly<Record<string, () => Promise<FilesClient>>> = { cablegram, mtcute, gramjs }
const client = (await CLIENTS[name]?.()) ?? fail(`no client ${name}`)

const calls = watchCalls()
const [sent, up] = await measured(() => client.up())
const [bytes, down] = await measured(() => client.down(sent))
if (bytes !== mib * 1024 * 1024) fail(`${name} read ${bytes} bytes`)
const callMs = await calls()
const result: FilesResult = {
  ...{
    upMs: up.ms / mib,
    upCpuMs: up.cpuMs / mib,
    downMs: down.ms / mib,
    downCpuMs: down.cpuMs / mib,
    callMs,
  },
}
process.send?.(result)
await client.close()
process.exit()

interface Cost {
  readonly ms: number
  readonly cpuMs: number
}

async function measured<Result>(act: () => Promise<Result>): Promise<[Result, Cost]> {
  const [cpu, from] = [process.cpuUsage(), performance.now()]
  const result = await act()
  const { user, system } = process.cpuUsage(cpu)
  return [result, { ms: performance.now() - from, cpuMs: (user + system) / 1000 }]
}

/** Makes a small call ten times a second. @returns ends that; the slowest in milliseconds */
function watchCalls(): () => Promise<number> {
  let [worstMs, isOver] = [0, false]
  const running = (async () => {
    while (!isOver) {
      const from = performance.now()
      await client.call()
      worstMs = Math.max(worstMs, performance.now() - from)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  })()
  return async () => {
    isOver = true
    await running
    return worstMs
  }
}

async function cablegram(): Promise<FilesClient> {
  const { download, memorySession, TelegramClient, uploadFile } = await import('@cablegram/client')
  const client = new TelegramClient(memorySession(), { server: setup.server })
  await client.start({ phone: async () => setup.phone, code: async () => setup.code })
  return {
    async up() {
      const file = await uploadFile(client, setup.path)
      const media = { _: 'inputMediaUploadedDocument', file, mimeType: 'text/plain', attributes: [] } as const
      return client.messages.uploadMedia({
        peer: { _: 'inputPeerSelf' },
        media: { ...media, attributes: [] },
      })
    },
    async down(sent) {
      let bytes = 0
      for await (const chunk of download(client, sent as Parameters<typeof download>[1]))
        bytes += chunk.length
      return bytes
    },
    call: () => client.updates.getState(),
    close: () => client.close(),
  }
}

async function mtcute(): Promise<FilesClient> {
  const { BaseTelegramClient, InputMedia, MemoryStorage, TelegramClient } = await import(
    '@mtcute/node' as string
  )
  const { addPublicKey, NodeCryptoProvider } = await import('@mtcute/node/utils.js' as string)
  const crypto = new NodeCryptoProvider()
  await crypto.initialize?.()
  addPublicKey(crypto, setup.server.publicKeys[0]?.pem)
  const [dc] = setup.server.dcs
  const main = { id: dc?.id, ipAddress: dc?.host, port: dc?.port }
  const base = new BaseTelegramClient({
    ...setup.server.apps?.[0],
    ...{ crypto, storage: new MemoryStorage() },
    defaultDcs: { main, media: { ...main, mediaOnly: true } },
  })
  const client = new TelegramClient({ client: base })
  await client.connect()
  await client.start({ phone: setup.phone, code: setup.code })
  return {
    up: () => client.sendMedia('me', InputMedia.document(`file:${setup.path}`)),
    async down(sent) {
      let bytes = 0
      for await (const chunk of client.downloadAsIterable((sent as { media: unknown }).media))
        bytes += chunk.length
      return bytes
    },
    call: () => client.call({ _: 'updates.getState' }),
    close: () => client.destroy(),
  }
}

async function gramjs(): Promise<FilesClient> {
  const { Api, TelegramClient } = require('telegram')
  const { StringSession } = require('telegram/sessions')
  const { _serverKeys } = require('telegram/crypto/RSA')
  const network = require('telegram/network')
  const [dc] = setup.server.dcs
  if (dc === undefined) return fail('no data centre')
  trust(_serverKeys)
  const session = new StringSession('')
  session.setDC(dc.id, dc.host, 443)
  class Here extends network.ConnectionTCPFull {
    constructor(options: object) {
      super({ ...options, ip: dc?.host, port: dc?.port })
    }
  }
  const { apiId, apiHash } = setup.server.apps?.[0] ?? {}
  const client = new TelegramClient(session, apiId, apiHash, { connection: Here })
  client.setLogLevel('none')
  await client.start({
    phoneNumber: async () => setup.phone,
    phoneCode: async () => setup.code,
    onError: (error: unknown) => fail(String(error)),
  })
  return {
    up: () => client.sendFile('me', { file: setup.path, forceDocument: true, workers: 4 }),
    down: async (sent) => (await client.downloadMedia(sent, {})).length,
    call: () => client.invoke(new Api.updates.GetState()),
    close: () => client.destroy(),
  }
}

/** GramJS knows servers by a map of its own. */
function trust(known: Map<string, unknown>): void {
  const bigInt = require('big-integer')
  const [key]: readonly { readonly pem: string; readonly fingerprint?: string }[] = setup.server.publicKeys
  const { n = '' } = createPublicKey(key?.pem ?? '').export({ format: 'jwk' })
  known.clear()
  known.set(BigInt.asIntN(64, BigInt(`0x${key?.fingerprint}`)).toString(), {
    n: bigInt(Buffer.from(n, 'base64url').toString('hex'), 16),
    e: 65_537,
  })
}

function fail(message: string): never {
  throw new Error(message)
}
