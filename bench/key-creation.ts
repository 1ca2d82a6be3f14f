/**
 * Measures the client's share of making an authorization key, beside mtcute in the same process. Both use
 * the same pq and one server (ours), whose own work is subtracted. Both must end with the key that the
 * server has.
 */
import { deepStrictEqual } from 'node:assert'
import { randomFillSync } from 'node:crypto'
import {
  encryptRsaPad,
  exportRsaPublicKey,
  makePq,
  type PqFactors,
  parseRsaPublicKey,
} from '../packages/mtproto/src/crypto/index.ts'
import { decodePlain, encodePlain } from '../packages/mtproto/src/envelope/index.ts'
import {
  type AwaitKept,
  type AwaitReqDhParams,
  type AwaitSetClientDhParams,
  onExchangeMessage,
  onKeyKept,
  onReqDhParams,
  onReqPq,
  onSetClientDhParams,
  type ServerExchangeSetup,
  startExchange,
} from '../packages/mtproto/src/exchange/index.ts'
import { generateRsaPrivateKey, importRsaPrivateKey } from '../packages/mtproto/src/private-keys.ts'
import { decodeService } from '../packages/mtproto/src/service.ts'
import { median, report } from './measure.ts'
import { loadMtcute, silentLog } from './mtcute.ts'

const ROUNDS = 15
const WARM_UP_ROUNDS = 3
const random = (length: number) => randomFillSync(new Uint8Array(length))

const rsaKey = importRsaPrivateKey(generateRsaPrivateKey())
const publicPem = exportRsaPublicKey(rsaKey)
const publicKey = parseRsaPublicKey(publicPem)

const mtcute = await loadMtcute()
const peerCrypto = new mtcute.NodeCryptoProvider()
await peerCrypto.initialize()
mtcute.addPublicKey(peerCrypto, publicPem)

const rounds: { ours: number; theirs: number }[] = []
for (let round = 0; round < ROUNDS; round++) {
  const pq = makePq(random)
  const first = round % 2 === 0
  const a = first ? createOurs(pq) : await createTheirs(pq)
  const b = first ? await createTheirs(pq) : createOurs(pq)
  if (round >= WARM_UP_ROUNDS) rounds.push(first ? { ours: a, theirs: b } : { ours: b, theirs: a })
}
report(
  'create a key (client)',
  'mtcute',
  median(rounds.map(({ ours }) => ours)),
  median(rounds.map(({ theirs }) => theirs)),
)

function createOurs(pq: PqFactors & { readonly pq: Uint8Array }): number {
  const server = startServer(pq)
  const setup = {
    random,
    serverKeys: [publicKey],
    dcId: 2,
    expiresInS: undefined,
    encryptInnerData: encryptRsaPad,
  }
  const startedUs = cpuUs()
  let { state, send } = startExchange(setup)
  for (;;) {
    const step = onExchangeMessage(state, decodeService(server.answer(send)), setup)
    if ('made' in step) {
      const us = cpuUs() - startedUs - server.spentUs()
      deepStrictEqual(step.made.authKey.key, server.key())
      return us
    }
    ;({ state, send } = step)
  }
}

async function createTheirs(pq: PqFactors & { readonly pq: Uint8Array }): Promise<number> {
  const server = startServer(pq)
  const answers: Uint8Array[] = []
  const connection = {
    _session: {
      _readerMap: mtcute.readerMap,
      _writerMap: mtcute.writerMap,
      getMessageId: () => mtcute.Long.fromBits(0, 0x6553f100),
      updateTimeOffset: () => undefined,
    },
    log: silentLog,
    params: { dc: { id: 2, mediaOnly: false }, testMode: false },
    send: async (packet: Uint8Array) => {
      answers.push(encodePlain(1n, server.answer(decodePlain(packet, 4096).body)))
    },
    waitForUnencryptedMessage: async () => answers.shift(),
  }
  const startedUs = cpuUs()
  const made = await mtcute.doAuthorization(connection, peerCrypto).catch((error: unknown) => {
    // It drops the zero that one key in 256 begins with: another round makes another key.
    if (server.key()?.[0] !== 0) throw error
    return undefined
  })
  if (!made) return createTheirs(pq)
  const [key] = made
  const us = cpuUs() - startedUs - server.spentUs()
  deepStrictEqual(new Uint8Array(key), server.key())
  return us
}

interface ScriptedServer {
  answer(body: Uint8Array): Uint8Array
  key(): Uint8Array | undefined
  spentUs(): number
}

/** The server's side of one exchange, with a clock for its own work. */
function startServer(pq: PqFactors & { readonly pq: Uint8Array }): ScriptedServer {
  const setup: ServerExchangeSetup = {
    random,
    rsaKeys: [{ fingerprint: publicKey.fingerprint, key: rsaKey }],
    makePq: () => pq,
    acceptsDc: () => true,
    maxDhRetries: 1,
  }
  let first: AwaitReqDhParams | undefined
  let second: AwaitSetClientDhParams | undefined
  let kept: AwaitKept | undefined
  let spent = 0

  function answer(body: Uint8Array): Uint8Array {
    const message = decodeService(body)
    if (message._ === 'req_pq_multi') {
      const step = onReqPq(message, setup)
      first = step.state
      return step.send
    }
    if (message._ === 'req_DH_params' && first) {
      const step = onReqDhParams(first, message, setup, Date.now())
      second = step.state
      return step.send
    }
    if (message._ === 'set_client_DH_params' && second) {
      kept = onSetClientDhParams(second, message)
      return onKeyKept(kept, true, setup).send
    }
    throw new Error(`the client sent ${message._}`)
  }

  return {
    answer(body) {
      const startedUs = cpuUs()
      const sent = answer(body)
      spent += cpuUs() - startedUs
      return sent
    },
    key: () => kept?.authKey.key,
    spentUs: () => spent,
  }
}

function cpuUs(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}
