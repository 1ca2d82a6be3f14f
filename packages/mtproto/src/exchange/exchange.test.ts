import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import {
  DH_PRIME,
  deriveTmpAes,
  encryptRsaPad,
  longToBytes,
  makePq,
  parseRsaPublicKey,
} from '../crypto/index.ts'
import { MtprotoError, TransportError } from '../errors.ts'
import type { Random } from '../machine.ts'
import { importRsaPrivateKey } from '../private-keys.ts'
import { decodeService, encodeService, type ServiceMessageOf } from '../service.ts'
import { encryptRsaOld } from '../testing/index.ts'
import {
  type AwaitKept,
  type AwaitReqDhParams,
  type AwaitSetClientDhParams,
  type ClientExchangeSetup,
  type ClientStep,
  encodeResPq,
  onExchangeMessage,
  onKeyKept,
  onReqDhParams,
  onReqPq,
  onSetClientDhParams,
  type ServerExchangeSetup,
  startExchange,
} from './index.ts'
import { encryptInner } from './inner-data.ts'

const vectors = JSON.parse(
  readFileSync(new URL('../../../../test/vectors/auth-key.json', import.meta.url), 'utf8'),
)
const publicKey = parseRsaPublicKey(vectors.rsa_key.public_pem_pkcs1)
const privateKey = importRsaPrivateKey(vectors.rsa_key.private_pem_pkcs1)

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))
const hex = (value: Uint8Array) => Buffer.from(value).toString('hex')

/** Gives these values in order, and fails for any other length. */
function scripted(...values: string[]): Random {
  return (length) => {
    const value = bytes(values.shift() ?? '')
    assert.equal(value.length, length, 'the machine asked for another random value')
    return value
  }
}

function clientSetup(transcript: (typeof vectors)['transcripts'][0]): ClientExchangeSetup {
  const { rsa_pad: pad, rsa_old: old } = transcript
  const rsa = pad
    ? [
        pad.random_padding,
        ...pad.rejected_temp_keys.map((key: { temp_key: string }) => key.temp_key),
        pad.temp_key,
      ]
    : [old.random_padding]
  const attempts = transcript.attempts.flatMap((attempt: { b: string; random_padding: string }) => [
    attempt.b,
    attempt.random_padding,
  ])
  return {
    random: scripted(transcript.nonce, transcript.new_nonce, ...rsa, ...attempts),
    serverKeys: [publicKey],
    dcId: transcript.dc ?? undefined,
    expiresInS: transcript.expires_in ?? undefined,
    encryptInnerData: pad ? encryptRsaPad : encryptRsaOld,
  }
}

function serverSetup(transcript: (typeof vectors)['transcripts'][0]): ServerExchangeSetup {
  const answer = bytes(transcript.answer_with_hash)
  const padding = hex(answer.subarray(20 + transcript.server_DH_inner_data.length / 2))
  return {
    random: scripted(transcript.server_nonce, transcript.a, padding),
    rsaKeys: [{ fingerprint: publicKey.fingerprint, key: privateKey }],
    makePq: () => ({ pq: bytes(transcript.pq), p: bytes(transcript.p), q: bytes(transcript.q) }),
    acceptsDc: () => true,
    maxDhRetries: transcript.name === 'perm_dc_fail' ? 0 : 3,
  }
}

for (const transcript of vectors.transcripts) {
  const bodies: { from: string; name: string; body: string }[] = transcript.messages

  test(`a client sends and derives what the transcript ${transcript.name} has`, () => {
    const setup = clientSetup(transcript)
    const started = startExchange(setup)
    const sent = [hex(started.send)]
    const play = (): ClientStep => {
      let step: ClientStep = started
      for (const { body } of bodies.filter(({ from }) => from === 'server')) {
        if ('made' in step) break
        step = onExchangeMessage(step.state, decodeService(bytes(body)), setup)
        if ('send' in step) sent.push(hex(step.send))
      }
      return step
    }
    if (transcript.name === 'perm_dc_fail') {
      assert.throws(play, (error) => error instanceof MtprotoError && error.code === 'DH_GEN_FAILED')
    } else {
      const step = play()
      assert.ok('made' in step)
      assert.equal(hex(step.made.authKey.key), transcript.auth_key)
      assert.equal(step.made.authKey.id, BigInt(transcript.auth_key_id_signed))
      assert.equal(step.made.firstSalt, BigInt(transcript.server_salt_signed))
      assert.equal(step.made.serverTimeS, transcript.server_time)
    }
    assert.deepEqual(
      sent,
      bodies.filter(({ from }) => from === 'client').map(({ body }) => body),
    )
  })

  test(`a server sends and derives what the transcript ${transcript.name} has`, () => {
    const setup = serverSetup(transcript)
    const sent: string[] = []
    let first: AwaitReqDhParams | undefined
    let second: AwaitSetClientDhParams | undefined
    let kept: AwaitKept | undefined
    for (const [index, { from, body }] of bodies.entries()) {
      if (from !== 'client') continue
      const message = decodeService(bytes(body))
      if (message._ === 'req_pq' || message._ === 'req_pq_multi') {
        const step = onReqPq(message, setup)
        first = step.state
        sent.push(hex(step.send))
        assert.deepEqual(encodeResPq(step.state, setup), step.send)
      } else if (message._ === 'req_DH_params') {
        assert.ok(first)
        const step = onReqDhParams(first, message, setup, transcript.server_time * 1000 + 999)
        second = step.state
        sent.push(hex(step.send))
      } else if (message._ === 'set_client_DH_params') {
        assert.ok(second)
        kept = onSetClientDhParams(second, message)
        const step = onKeyKept(kept, bodies[index + 1]?.name === 'dh_gen_ok', setup)
        if (step.state.at === 'awaitSetClientDhParams') second = step.state
        sent.push(hex(step.send))
      }
    }
    assert.deepEqual(
      sent,
      bodies.filter(({ from }) => from === 'server').map(({ body }) => body),
    )
    assert.equal(kept && hex(kept.authKey.key), transcript.attempts.at(-1).auth_key)
    assert.equal(second?.dc?.id, transcript.dc === null ? undefined : 2)
    assert.equal(second?.dc?.isTest, transcript.dc === null ? undefined : Math.abs(transcript.dc) > 10_000)
    assert.equal(second?.expiresInS, transcript.expires_in ?? undefined)
  })
}

/** An exchange up to req_DH_params, with every value random. */
function atReqDhParams(overrides: Partial<ServerExchangeSetup> = {}) {
  const random: Random = (length) => crypto.getRandomValues(new Uint8Array(length))
  const client: ClientExchangeSetup = {
    random,
    serverKeys: [publicKey],
    dcId: -10002,
    expiresInS: 60,
    encryptInnerData: encryptRsaPad,
  }
  const server: ServerExchangeSetup = {
    random,
    rsaKeys: [{ fingerprint: publicKey.fingerprint, key: privateKey }],
    makePq,
    acceptsDc: () => true,
    maxDhRetries: 1,
    ...overrides,
  }
  const started = startExchange(client)
  const request = decodeService(started.send) as ServiceMessageOf<'req_pq_multi'>
  const resPq = onReqPq(request, server)
  const step = onExchangeMessage(started.state, decodeService(resPq.send), client)
  assert.ok('send' in step)
  const message = decodeService(step.send) as ServiceMessageOf<'req_DH_params'>
  return { client, server, state: resPq.state, clientState: step.state, message }
}

test('a server refuses a foreign data centre with -444, whatever the environment and kind', () => {
  const named: number[] = []
  const { server, state, message } = atReqDhParams({
    acceptsDc: (dcId) => {
      named.push(dcId)
      return false
    },
  })
  assert.throws(
    () => onReqDhParams(state, message, server, 0),
    (error) => error instanceof TransportError && error.transportCode === -444,
  )
  assert.deepEqual(named, [2])
})

test('a server refuses req_DH_params with another nonce, factor, fingerprint or ciphertext', () => {
  const { server, state, message } = atReqDhParams()
  const wrong: Partial<typeof message>[] = [
    { nonce: new Uint8Array(16) },
    { serverNonce: new Uint8Array(16) },
    { p: message.q },
    { p: Uint8Array.of(1), q: state.pq },
    { publicKeyFingerprint: message.publicKeyFingerprint ^ 1n },
    { encryptedData: message.encryptedData.map((byte, i) => (i === 200 ? byte ^ 1 : byte)) },
    { encryptedData: new Uint8Array(0) },
    { encryptedData: new Uint8Array(300) },
  ]
  for (const change of wrong) {
    assert.throws(() => onReqDhParams(state, { ...message, ...change }, server, 0), MtprotoError)
  }
  assert.ok(onReqDhParams(state, message, server, 0))
})

const MEGABYTES = 2 * 1024 * 1024
const hasCode = (code: string) => (error: unknown) => error instanceof MtprotoError && error.code === code
const isTooLong = hasCode('EXCHANGE_TOO_LONG')

test('a server refuses overlong numbers before it computes with them', () => {
  const { server, state, message } = atReqDhParams()
  for (const [name, maxBytes] of [
    ['p', 8],
    ['q', 8],
    ['encryptedData', 256],
  ] as const) {
    for (const length of [maxBytes + 1, MEGABYTES]) {
      const changed = { ...message, [name]: new Uint8Array(length).fill(0xff) }
      assert.throws(() => onReqDhParams(state, changed, server, 0), isTooLong, `${name} of ${length} bytes`)
    }
  }
})

test('a server refuses overlong numbers in the inner data, under either padding', () => {
  const { server, state, message } = atReqDhParams()
  const { nonce, serverNonce, p, q } = message
  const newNonce = new Uint8Array(32)
  for (const changed of [{ pq: long(9) }, { p: long(9, p) }, { q: long(9, q) }]) {
    const numbers = { pq: state.pq, p, q, nonce, serverNonce, newNonce, ...changed }
    const inner = encodeService({ _: 'p_q_inner_data', ...numbers })
    for (const encrypt of [encryptRsaPad, encryptRsaOld]) {
      const encryptedData = encrypt(publicKey, inner, server.random)
      assert.throws(() => onReqDhParams(state, { ...message, encryptedData }, server, 0), isTooLong)
    }
  }
})

test('a server refuses an overlong g_b and overlong inner data', () => {
  const { client, server, state, clientState, message } = atReqDhParams()
  const dhParams = onReqDhParams(state, message, server, 0)
  const step = onExchangeMessage(clientState, decodeService(dhParams.send), client)
  assert.ok('send' in step && step.state.at === 'awaitDhGen')
  const { nonce, serverNonce, tmpAes } = step.state
  for (const length of [257, 500, MEGABYTES]) {
    const inner = { _: 'client_DH_inner_data', nonce, serverNonce, retryId: 0n, gB: long(length) } as const
    const encryptedData = encryptInner(tmpAes, inner, server.random)
    const next = { _: 'set_client_DH_params', nonce, serverNonce, encryptedData } as const
    assert.throws(() => onSetClientDhParams(dhParams.state, next), isTooLong, `${length} bytes`)
  }
})

test('a client refuses an overlong pq, prime, g_a and inner data', () => {
  const { client, server, state, clientState, message } = atReqDhParams()
  assert.ok(clientState.at === 'awaitDhParams')
  const { nonce, serverNonce, newNonce } = clientState
  const { state: first } = startExchange({ ...client, random: () => nonce })
  const offered = { nonce, serverNonce, serverPublicKeyFingerprints: [publicKey.fingerprint] }
  for (const pq of [long(9), long(MEGABYTES)]) {
    assert.throws(() => onExchangeMessage(first, { _: 'resPQ', ...offered, pq }, client), isTooLong)
  }
  const good = onReqDhParams(state, message, server, 0)
  assert.ok(onExchangeMessage(clientState, decodeService(good.send), client))
  const tmpAes = deriveTmpAes(newNonce, serverNonce)
  const inner = { nonce, serverNonce, g: 3, dhPrime: DH_PRIME, gA: long(256), serverTime: 0 }
  for (const changed of [
    { dhPrime: long(257, DH_PRIME) },
    { gA: long(257) },
    { dhPrime: long(MEGABYTES) },
    { gA: long(MEGABYTES) },
  ]) {
    const answer = { _: 'server_DH_inner_data', ...inner, ...changed } as const
    const encryptedAnswer = encryptInner(tmpAes, answer, server.random)
    const next = { _: 'server_DH_params_ok', nonce, serverNonce, encryptedAnswer } as const
    assert.throws(() => onExchangeMessage(clientState, next, client), isTooLong)
  }
})

/** Bytes of this length that end in these. */
function long(length: number, end: Uint8Array = Uint8Array.of(0xff)): Uint8Array {
  const bytes = new Uint8Array(length)
  bytes.set(end, length - end.length)
  return bytes
}

test('clients may write p and q with leading zeros', () => {
  const { server, state, message } = atReqDhParams()
  const padded = { ...message, p: Uint8Array.of(0, 0, ...message.p), q: Uint8Array.of(0, ...message.q) }
  assert.ok(onReqDhParams(state, padded, server, 0))
})

test('both sides have the same key after a dh_gen_retry, and the retry must name the previous attempt', () => {
  const { client, server, state, clientState, message } = atReqDhParams()
  const dhParams = onReqDhParams(state, message, server, 1_700_000_000_000)
  const first = onExchangeMessage(clientState, decodeService(dhParams.send), client)
  assert.ok('send' in first)
  const kept = onSetClientDhParams(
    dhParams.state,
    decodeService(first.send) as ServiceMessageOf<'set_client_DH_params'>,
  )
  const retry = onKeyKept(kept, false, server)
  assert.ok(retry.state.at === 'awaitSetClientDhParams')
  assert.throws(
    () =>
      onSetClientDhParams(
        retry.state as AwaitSetClientDhParams,
        decodeService(first.send) as ServiceMessageOf<'set_client_DH_params'>,
      ),
    (error) => error instanceof MtprotoError && error.code === 'RETRY_ID_INVALID',
  )
  const second = onExchangeMessage(first.state, decodeService(retry.send), client)
  assert.ok('send' in second)
  const again = onSetClientDhParams(
    retry.state,
    decodeService(second.send) as ServiceMessageOf<'set_client_DH_params'>,
  )
  const done = onExchangeMessage(second.state, decodeService(onKeyKept(again, true, server).send), client)
  assert.ok('made' in done)
  assert.deepEqual(done.made.authKey, again.authKey)
  assert.equal(done.made.firstSalt, again.firstSalt)
  assert.notDeepEqual(longToBytes(kept.authKey.id), longToBytes(again.authKey.id))
  assert.equal(onKeyKept(again, false, server).state.at, 'done', 'then it gives up')
})

test('a client distinguishes a server with an unknown key from a broken one', () => {
  const { client, server, clientState } = atReqDhParams()
  const stranger = { ...client, serverKeys: [{ ...publicKey, fingerprint: 1n }] }
  const started = startExchange(stranger)
  const resPq = onReqPq(decodeService(started.send) as ServiceMessageOf<'req_pq_multi'>, server)
  assert.throws(
    () => onExchangeMessage(started.state, decodeService(resPq.send), stranger),
    (error) => error instanceof MtprotoError && error.code === 'SERVER_KEY_UNKNOWN',
  )
  assert.throws(
    () => onExchangeMessage(clientState, decodeService(resPq.send), client),
    (error) => error instanceof MtprotoError && error.code === 'EXCHANGE_UNEXPECTED',
  )
})
