import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { makeAuthKey, parseRsaPublicKey } from './crypto/index.ts'
import { encryptMessage } from './envelope/index.ts'
import { encodeTransportError, makeClientFraming, makeServerFraming } from './framing/index.ts'
import {
  computeExchange,
  createClientMachine,
  createServerMachine,
  type Random,
  type ServerLimits,
  type ServerOutput,
} from './index.ts'
import { importRsaPrivateKey } from './private-keys.ts'

const vectors = JSON.parse(
  readFileSync(new URL('../../../test/vectors/auth-key.json', import.meta.url), 'utf8'),
)
const privateKey = importRsaPrivateKey(vectors.rsa_key.private_pem_pkcs1)
const publicKey = parseRsaPublicKey(vectors.rsa_key.public_pem_pkcs1)

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))
const hex = (value: Uint8Array) => Buffer.from(value).toString('hex')
const timeOf = (msgId: string) => Number((BigInt(msgId) * 1000n) >> 16n) / 65536
const anyRandom: Random = (length) => crypto.getRandomValues(new Uint8Array(length))

/** These values in order, then any. */
function scripted(...values: string[]): Random {
  return (length) => {
    const value = values.shift()
    if (value === undefined) return anyRandom(length)
    assert.equal(value.length, length * 2, 'another random value was asked for')
    return bytes(value)
  }
}

function serverMachine(
  random: Random = anyRandom,
  limits: Partial<ServerLimits> = {},
  pq?: { pq: string },
  offloadsExchanges = false,
) {
  return createServerMachine({
    random,
    offloadsExchanges,
    rsaKeys: [privateKey],
    saltSecret: new Uint8Array(32),
    limits,
    ...(pq && { makePq: () => ({ pq: bytes(pq.pq), p: bytes(''), q: bytes('') }) }),
  })
}

/** The payloads that a server machine has sent to one connection. */
function payloads(
  outputs: readonly ServerOutput[],
  framing = makeClientFraming('intermediate', { random: anyRandom }),
): string[] {
  return outputs.flatMap((output) =>
    output.kind === 'send'
      ? framing
          .push(output.chunk)
          .map((frame) =>
            frame.kind === 'payload'
              ? hex(frame.payload)
              : frame.kind === 'transportError'
                ? String(frame.code)
                : frame.kind,
          )
      : [],
  )
}

interface Said {
  from: string
  name: string
  msg_id: string
  envelope: string
}

for (const transcript of vectors.transcripts) {
  const messages: Said[] = transcript.messages

  for (const offloads of [false, true]) {
    const how = offloads ? ', computed elsewhere' : ''
    test(`the server machine answers the transcript ${transcript.name} byte for byte${how}`, () => {
      const padding = transcript.answer_with_hash.slice(40 + transcript.server_DH_inner_data.length)
      const random = scripted(transcript.server_nonce, transcript.a, padding)
      const limits = { maxDhRetries: transcript.name === 'perm_dc_fail' ? 0 : 3 }
      const machine = serverMachine(random, limits, transcript, offloads)
      const framing = makeClientFraming('intermediate', { random: anyRandom })
      machine.step({ kind: 'opened', connection: 1 }, timeOf(messages[0]?.msg_id ?? ''))
      for (const [index, { from, envelope }] of messages.entries()) {
        if (from !== 'client') continue
        const expected = messages[index + 1]
        assert.ok(expected)
        // The vectors' server_time is ahead of their message ids: from there on only the rest is compared.
        const isEarly = expected.name === 'resPQ'
        const nowMs = isEarly ? timeOf(expected.msg_id) : transcript.server_time * 1000
        const withoutMsgId = (envelope: string) =>
          isEarly ? envelope : envelope.slice(0, 16) + envelope.slice(32)
        const chunk = framing.encodeFrame(bytes(envelope))
        let outputs = machine.step({ kind: 'bytes', connection: 1, chunk }, nowMs)
        const job = outputs.find((output) => output.kind === 'compute')
        assert.equal(job !== undefined, offloads && expected.name !== 'resPQ')
        if (job) {
          assert.equal(outputs.length, 1)
          const result = computeExchange(job.task, [privateKey], random)
          outputs = machine.step({ kind: 'computed', exchange: job.exchange, result }, nowMs)
        }
        const made = outputs.find((output) => output.kind === 'keyMade')
        if (made) {
          assert.equal(made.dcId, transcript.dc === null ? undefined : 2)
          assert.equal(made.isTest, Math.abs(transcript.dc ?? 0) > 10_000)
          assert.equal(made.key.expiresAtS !== undefined, transcript.expires_in !== null)
          assert.deepEqual(payloads(outputs), [], 'nothing is answered before the key is kept')
          const kept = expected.name === 'dh_gen_ok'
          outputs = machine.step({ kind: 'keyKept', exchange: made.exchange, kept }, nowMs)
        }
        assert.deepEqual(payloads(outputs).map(withoutMsgId), [withoutMsgId(expected.envelope)])
        if (expected.name !== 'dh_gen_ok') continue
        assert.equal(made && hex(made.key.authKey.key), transcript.auth_key)
        assert.equal(made?.key.firstSalt, BigInt(transcript.server_salt_signed))
      }
    })
  }
}

test('a result for a closed connection is dropped, and a failed computation is refused with -429', () => {
  const [transcript] = vectors.transcripts
  for (const closes of [true, false]) {
    const machine = serverMachine(scripted(transcript.server_nonce), {}, transcript, true)
    const framing = makeClientFraming('intermediate', { random: anyRandom })
    machine.step({ kind: 'opened', connection: 1 }, 0)
    const ask = (index: number) => {
      const chunk = framing.encodeFrame(bytes(transcript.messages[index].envelope))
      return machine.step({ kind: 'bytes', connection: 1, chunk }, 0)
    }
    ask(0)
    const job = ask(2).find((output) => output.kind === 'compute') ?? assert.fail('nothing to compute')
    if (closes) machine.step({ kind: 'closed', connection: 1 }, 0)
    const outputs = machine.step({ kind: 'computed', exchange: job.exchange, result: undefined }, 0)
    assert.deepEqual(payloads(outputs), closes ? [] : ['-429'])
    assert.equal(machine.tableSizes['exchanges'], 0)
  }
})

test('the client machine sends the packets of the transcript perm_dc byte for byte and keeps its key', () => {
  const [transcript] = vectors.transcripts
  const { rsa_pad: pad, attempts } = transcript
  const random = scripted(
    transcript.nonce,
    transcript.new_nonce,
    pad.random_padding,
    ...pad.rejected_temp_keys.map((one: { temp_key: string }) => one.temp_key),
    pad.temp_key,
    attempts[0].b,
    attempts[0].random_padding,
  )
  const machine = createClientMachine({ random, serverKeys: [publicKey], dcId: 2, initPrefix: bytes('') })
  const toServer = makeServerFraming({ random: anyRandom })
  const toClient = makeServerFraming({ random: anyRandom })
  toClient.push(bytes('eeeeeeee'))
  const messages: Said[] = transcript.messages
  const times = messages.filter(({ from }) => from === 'client').map(({ msg_id }) => timeOf(msg_id))
  const sent: string[] = []
  let outputs = machine.step({ kind: 'opened' }, times.shift() ?? 0)
  for (const { from, envelope } of messages) {
    if (from === 'client') {
      for (const output of outputs) {
        if (output.kind !== 'send') continue
        for (const frame of toServer.push(output.chunk))
          if (frame.kind === 'payload') sent.push(hex(frame.payload))
      }
    } else {
      const chunk = toClient.encodeFrame(bytes(envelope))
      outputs = machine.step({ kind: 'bytes', chunk }, times.shift() ?? timeOf('7301444406550118400'))
    }
  }
  assert.deepEqual(
    sent,
    messages.filter(({ from }) => from === 'client').map(({ envelope }) => envelope),
  )
  const saved = outputs.find((output) => output.kind === 'save')
  assert.equal(saved?.keys && hex(saved.keys.authKey.key), transcript.auth_key)
  assert.ok(outputs.some(({ kind }) => kind === 'ready'))
})

test('any fault in a key exchange is answered -404, and so is each later query of it', () => {
  const [transcript] = vectors.transcripts
  const machine = serverMachine(anyRandom, { maxConnectionFaults: 4 })
  const framing = makeClientFraming('intermediate', { random: anyRandom })
  machine.step({ kind: 'opened', connection: 1 }, 0)
  const ask = (index: number) => {
    const chunk = framing.encodeFrame(bytes(transcript.messages[index].envelope))
    return machine.step({ kind: 'bytes', connection: 1, chunk }, 0)
  }
  assert.equal(payloads(ask(0)).length, 1)
  for (const index of [2, 2, 4]) assert.deepEqual(payloads(ask(index)), ['-404'])
  const last = ask(4)
  assert.deepEqual(payloads(last), ['-404'])
  assert.equal(last.at(-1)?.kind, 'close')
})

test('a listener of one data centre refuses a key for another with -444', () => {
  const [transcript] = vectors.transcripts
  const machine = serverMachine(scripted(transcript.server_nonce), {}, transcript)
  const framing = makeClientFraming('abridged', { random: anyRandom })
  machine.step({ kind: 'opened', connection: 1, dcId: 3 }, 0)
  const ask = (index: number) => {
    const chunk = framing.encodeFrame(bytes(transcript.messages[index].envelope))
    return machine.step({ kind: 'bytes', connection: 1, chunk }, 0)
  }
  ask(0)
  const refused = ask(2)
  assert.deepEqual(payloads(refused, makeClientFraming('abridged', { random: anyRandom })), ['-444'])
  assert.equal(refused.at(-1)?.kind, 'close')
})

test('a key of one data centre is unknown in the others, and valid on a connection without a data centre', () => {
  const key = makeAuthKey(new Uint8Array(256).fill(7))
  const server = { authKey: key, expiresAtS: undefined, firstSalt: 1n, createdAtS: 0, dcId: 2 }
  const body = new Uint8Array(8)
  for (const [dcId, expected] of [
    [1, ['-404']],
    [2, []],
    [undefined, []],
  ] as const) {
    const machine = serverMachine()
    const framing = makeClientFraming('intermediate', { random: anyRandom })
    const ask = (connection: number) => {
      const message = { msgId: 4n, seqNo: 1, salt: 1n, sessionId: BigInt(connection), body }
      const chunk = framing.encodeFrame(encryptMessage(key, 'client', message, anyRandom))
      return machine.step({ kind: 'bytes', connection, chunk }, 0)
    }
    // The server has run for a minute, so that the salt of the exchange counts.
    machine.step({ kind: 'wake' }, -60_000)
    machine.step({ kind: 'opened', connection: 1, dcId }, 0)
    ask(1)
    const found = machine.step({ kind: 'key', authKeyId: key.id, key: server }, 0)
    assert.deepEqual(
      payloads(found).filter((payload) => payload === '-404'),
      expected,
    )
    assert.equal(
      found.some(({ kind }) => kind === 'request'),
      expected.length === 0,
    )
  }
})

test('a -444 ends the client, and other transport errors ask for another connection', () => {
  for (const [code, expected] of [
    [-444, 'failed'],
    [-429, 'reconnect'],
    [-500, 'reconnect'],
  ] as const) {
    const machine = createClientMachine({
      random: anyRandom,
      serverKeys: [publicKey],
      dcId: 2,
      initPrefix: bytes(''),
    })
    machine.step({ kind: 'opened' }, 0)
    const framing = makeServerFraming({ random: anyRandom })
    framing.push(bytes('eeeeeeee'))
    const chunk = framing.encodeFrame(encodeTransportError(code))
    assert.deepEqual(
      machine.step({ kind: 'bytes', chunk }, 0).map(({ kind }) => kind),
      [expected],
    )
  }
})
