/** The clients that are measured beside each other: ours, mtcute and GramJS, each with the same few acts. */
import { createPublicKey } from 'node:crypto'
import { createRequire } from 'node:module'
import type { ServerInfo } from '@cablegram/client'

/** The names of the clients. */
export const CLIENT_NAMES = ['cablegram', 'mtcute', 'gramjs'] as const
/** The name of a client. */
export type ClientName = (typeof CLIENT_NAMES)[number]

/** Everything that a client is told. */
export interface ClientSetup {
  readonly phone: string
  readonly code: string
  readonly server: ServerInfo
  /** The file that it sends. */
  readonly path: string
  /** The module of our client, if it is not the source. */
  readonly module?: string | undefined
}

/** A client that is signed in. */
export interface ClientProgram {
  /** A small call. */
  call(): Promise<unknown>
  /** The newest hundred messages to oneself. */
  page(): Promise<{ readonly messages: readonly unknown[] }>
  /** Is told of each new message, from the moment at which it resolves. */
  onMessage(listener: () => void): Promise<void>
  /** Sends the file to oneself. @returns what `down` takes */
  up(): Promise<unknown>
  /** Reads it again. @returns its length */
  down(sent: unknown): Promise<number>
  close(): Promise<unknown>
}

/** Loads a client. @returns a function that connects and signs in */
export const CLIENTS: Readonly<Record<ClientName, (setup: ClientSetup) => Promise<SignIn>>> = {
  cablegram,
  mtcute,
  gramjs,
}

/** Connects and signs in. */
export type SignIn = () => Promise<ClientProgram>

const require = createRequire(import.meta.url)
const PAGE = { offsetId: 0, offsetDate: 0, addOffset: 0, limit: 100, maxId: 0, minId: 0 } as const

async function cablegram({ module, server, phone, code, path }: ClientSetup): Promise<SignIn> {
  const loaded: typeof import('@cablegram/client') = await import(module ?? '@cablegram/client')
  const { download, memorySession, TelegramClient, uploadFile } = loaded
  return async () => {
    const client = new TelegramClient(memorySession(), { server })
    await client.start({ phone: async () => phone, code: async () => code })
    return {
      call: () => client.updates.getState(),
      async page() {
        const found = await client.messages.getHistory({ peer: { _: 'inputPeerSelf' }, ...PAGE, hash: 0n })
        return 'messages' in found ? found : fail('the history has not changed')
      },
      async onMessage(listener) {
        const following = new Promise<void>((resolve) => {
          client.on('connection', ({ state }) => void (state === 'upToDate' && resolve()))
        })
        client.on('message', listener)
        await following
      },
      async up() {
        const file = await uploadFile(client, path)
        const media = { _: 'inputMediaUploadedDocument', file, mimeType: 'text/plain' } as const
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
      close: () => client.close(),
    }
  }
}

async function mtcute({ server, phone, code, path }: ClientSetup): Promise<SignIn> {
  const { BaseTelegramClient, InputMedia, MemoryStorage, TelegramClient } = await import(
    '@mtcute/node' as string
  )
  const { addPublicKey, NodeCryptoProvider } = await import('@mtcute/node/utils.js' as string)
  const Long = (await import(new URL('./node_modules/long/index.js', import.meta.url).href)).default
  return async () => {
    const crypto = new NodeCryptoProvider()
    await crypto.initialize?.()
    addPublicKey(crypto, server.publicKeys[0]?.pem)
    const [dc] = server.dcs
    const main = { id: dc?.id, ipAddress: dc?.host, port: dc?.port }
    const base = new BaseTelegramClient({
      ...server.apps?.[0],
      ...{ crypto, storage: new MemoryStorage() },
      defaultDcs: { main, media: { ...main, mediaOnly: true } },
      updates: {},
    })
    const client = new TelegramClient({ client: base })
    await client.connect()
    await client.start({ phone, code })
    return {
      call: () => client.call({ _: 'updates.getState' }),
      page: () =>
        client.call({ _: 'messages.getHistory', peer: { _: 'inputPeerSelf' }, ...PAGE, hash: Long.ZERO }),
      onMessage: async (listener) => client.onNewMessage.add(listener),
      up: () => client.sendMedia('me', InputMedia.document(`file:${path}`)),
      async down(sent) {
        let bytes = 0
        for await (const chunk of client.downloadAsIterable((sent as { media: unknown }).media))
          bytes += chunk.length
        return bytes
      },
      close: () => client.destroy(),
    }
  }
}

async function gramjs({ server, phone, code, path }: ClientSetup): Promise<SignIn> {
  const { Api, TelegramClient } = require('telegram')
  const { NewMessage } = require('telegram/events')
  const { StringSession } = require('telegram/sessions')
  const { _serverKeys } = require('telegram/crypto/RSA')
  const network = require('telegram/network')
  const bigInt = require('big-integer')
  return async () => {
    const [dc] = server.dcs
    if (dc === undefined) return fail('no data centre')
    trust(_serverKeys, server)
    const session = new StringSession('')
    session.setDC(dc.id, dc.host, 443)
    class Here extends network.ConnectionTCPFull {
      constructor(options: object) {
        super({ ...options, ip: dc?.host, port: dc?.port })
      }
    }
    const { apiId, apiHash } = server.apps?.[0] ?? {}
    const client = new TelegramClient(session, apiId, apiHash, { connection: Here })
    client.setLogLevel('none')
    await client.start({
      phoneNumber: async () => phone,
      phoneCode: async () => code,
      onError: (error: unknown) => fail(String(error)),
    })
    const peer = new Api.InputPeerSelf()
    return {
      call: () => client.invoke(new Api.updates.GetState()),
      page: () => client.invoke(new Api.messages.GetHistory({ peer, ...PAGE, hash: bigInt.zero })),
      onMessage: async (listener) => client.addEventHandler(listener, new NewMessage({})),
      up: () => client.sendFile('me', { file: path, forceDocument: true, workers: 4 }),
      down: async (sent) => (await client.downloadMedia(sent, {})).length,
      close: () => client.destroy(),
    }
  }
}

/** GramJS knows servers by a map of its own. */
function trust(known: Map<string, unknown>, { publicKeys }: ServerInfo): void {
  const bigInt = require('big-integer')
  const [key]: readonly { readonly pem: string; readonly fingerprint?: string }[] = publicKeys
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
