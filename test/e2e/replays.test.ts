import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { TelegramClient } from '@cablegram/client'
import { decryptMessage, encryptMessage } from '../../packages/mtproto/src/envelope/index.ts'
import { makeClientFraming, makeServerFraming } from '../../packages/mtproto/src/framing/index.ts'
import { openClient, ownPhone, sendCode, signUp, TEST_CODE, testPhone } from './logins.ts'
import { openRelay, type Relay } from './relay.ts'
import { portsOf, type ReadyLine, type ServeProcess, startServe } from './serve.ts'

/** The number of the victim and of the later login. */
const PHONE = testPhone(4711)
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))

let folder: string
let serve: ServeProcess
let relay: Relay
/** The victim's bytes by connection. */
const recorded = new Map<number, Uint8Array[]>()
const clients: TelegramClient[] = []

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cablegram-replays-'))
  serve = await start()
  relay = await openRelay({
    port: portOf(serve.ready),
    onSent: (connection, chunk) => {
      recorded.set(connection, [...(recorded.get(connection) ?? []), chunk.slice()])
    },
  })
})

after(async () => {
  await Promise.all(clients.map((client) => client.close()))
  await relay.close()
  await serve.stop('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

test('a recorded login runs once: not from elsewhere and not after a kill -9', async () => {
  const victim = open({ ...serve.ready, dcs: serve.ready.dcs.map((dc) => ({ ...dc, port: relay.port })) })
  await signUp(victim, serve.ready, PHONE)
  const ended = await logIn()
  // The packets that the attacker wants to run again.
  assert.equal(await victim.auth.resetAuthorizations(), true)
  await assert.rejects(ownPhone(ended), { code: 401 })

  const later = await logIn()
  await replayAll()
  assert.equal(await ownPhone(later), PHONE.slice(1), 'the later login lives')
  const update = new Promise((resolve) => victim.onUpdate(resolve))
  const alsoLater = await logIn()
  await update

  await serve.stop('SIGKILL')
  serve = await start(serve)
  await replayAll()
  assert.equal(await ownPhone(victim), PHONE.slice(1))
  await replayAll()
  for (const login of [later, alsoLater]) assert.equal(await ownPhone(login), PHONE.slice(1))
})

function portOf({ dcs }: ReadyLine): number {
  return dcs[0]?.port ?? assert.fail('no data centre')
}

async function start(before?: ServeProcess): Promise<ServeProcess> {
  return startServe(['--data', join(folder, 'data'), ...(await portsOf(before))])
}

function open(ready: ReadyLine): TelegramClient {
  const client = openClient(ready)
  clients.push(client)
  return client
}

async function logIn(): Promise<TelegramClient> {
  const client = open(serve.ready)
  const sent = await sendCode(client, serve.ready, PHONE)
  const made = await client.auth.signIn({ ...sent, phoneCode: TEST_CODE })
  assert.equal(made._, 'auth.authorization')
  return client
}

/** Sends every recorded encrypted packet on its own connection, and waits for the answers. */
async function replayAll(): Promise<void> {
  const packets = [...recorded.values()].flatMap(encryptedPackets)
  assert.ok(packets.length >= 5, `${packets.length} packets were recorded`)
  await Promise.all(packets.map(replay))
}

function encryptedPackets(chunks: readonly Uint8Array[]): Uint8Array[] {
  const framing = makeServerFraming({ random })
  const frames = chunks.flatMap((chunk) => [...framing.push(chunk)])
  return frames.flatMap((frame) => {
    if (frame.kind !== 'payload') return []
    const isPlain = new DataView(frame.payload.buffer, frame.payload.byteOffset, 8).getBigInt64(0) === 0n
    return isPlain ? [] : frame.payload.slice()
  })
}

/**
 * A ping under an unknown key follows: its answer, -404, shows that the packet before it has been handled.
 */
function replay(packet: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const framing = makeClientFraming('intermediate', { random })
    const socket = connect(portOf(serve.ready), '127.0.0.1')
    socket.on('connect', () => {
      socket.write(framing.encodeFrame(packet))
      socket.write(framing.encodeFrame(unknown()))
    })
    socket.on('data', (chunk) => {
      for (const frame of framing.push(chunk)) {
        if (frame.kind !== 'transportError') continue
        socket.destroy()
        resolve()
      }
    })
    socket.on('error', reject)
  })
}

function unknown(): Uint8Array {
  const key = { id: 1n, key: random(256) }
  const message = { salt: 0n, sessionId: 1n, msgId: 4n, seqNo: 0, body: new Uint8Array(4) }
  const packet = encryptMessage(key, 'client', message, random)
  assert.ok(decryptMessage(key, 'server', packet).ok)
  return packet
}
