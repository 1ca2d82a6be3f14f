import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

/** What a passkey can be signed with. */
export type KeyKind = 'es256' | 'rs256' | 'ed25519'

/** What a ceremony looks like from an authenticator; every field can be forged. */
export interface Ceremony {
  readonly rpId?: string
  readonly origin?: string
  readonly type?: string
  readonly flags?: number
  readonly signCount?: number
}

/** A passkey in software. */
export interface TestPasskey {
  readonly id: string
  /** Answers creation options. */
  create(options: string, ceremony?: Ceremony): { id: string; clientData: string; attestation: Uint8Array }
  /** Answers request options. */
  get(
    options: string,
    ceremony?: Ceremony,
  ): {
    id: string
    clientData: string
    authenticatorData: Uint8Array
    signature: Uint8Array
    userHandle: string
  }
}

const [PRESENT_AND_VERIFIED, HAS_CREDENTIAL] = [0x05, 0x40]

/** Makes a passkey that counts its signatures. */
export function createTestPasskey(kind: KeyKind = 'es256', counts = true): TestPasskey {
  const { publicKey, privateKey } = keyPair(kind)
  const rawId = randomBytes(32)
  const id = rawId.toString('base64url')
  let signCount = 0
  let userHandle = ''

  const clientDataOf = (challenge: string, type: string, ceremony: Ceremony): string =>
    JSON.stringify({
      type: ceremony.type ?? type,
      challenge,
      origin: ceremony.origin ?? 'http://localhost:8080',
    })

  function authDataOf(rpId: string, ceremony: Ceremony, extra: Uint8Array): Buffer {
    const head = Buffer.alloc(37)
    createHash('sha256')
      .update(ceremony.rpId ?? rpId)
      .digest()
      .copy(head)
    const flags = (ceremony.flags ?? PRESENT_AND_VERIFIED) | (extra.length > 0 ? HAS_CREDENTIAL : 0)
    head.writeUInt8(flags, 32)
    head.writeUInt32BE(ceremony.signCount ?? signCount, 33)
    return Buffer.concat([head, extra])
  }

  return {
    id,
    create(options, ceremony = {}) {
      const { challenge, rp, user } = JSON.parse(options).publicKey
      userHandle = Buffer.from(user.id, 'base64url').toString()
      const idLength = Buffer.alloc(2)
      idLength.writeUInt16BE(rawId.length)
      const credential = Buffer.concat([Buffer.alloc(16), idLength, rawId, coseOf(publicKey, kind)])
      const attestation = cborMap([
        ['fmt', cborText('none')],
        ['attStmt', cborMap([])],
        ['authData', cborBytes(authDataOf(rp.id, ceremony, credential))],
      ])
      return { id, clientData: clientDataOf(challenge, 'webauthn.create', ceremony), attestation }
    },
    get(options, ceremony = {}) {
      const { challenge, rpId } = JSON.parse(options).publicKey
      if (counts) signCount++
      const clientData = clientDataOf(challenge, 'webauthn.get', ceremony)
      const authenticatorData = authDataOf(rpId, ceremony, new Uint8Array(0))
      const signed = Buffer.concat([authenticatorData, createHash('sha256').update(clientData).digest()])
      const signature = sign(kind === 'ed25519' ? null : 'sha256', signed, privateKey)
      return { id, clientData, authenticatorData, signature, userHandle }
    },
  }
}

function keyPair(kind: KeyKind): { publicKey: KeyObject; privateKey: KeyObject } {
  if (kind === 'es256') return generateKeyPairSync('ec', { namedCurve: 'P-256' })
  if (kind === 'rs256') return generateKeyPairSync('rsa', { modulusLength: 2048 })
  return generateKeyPairSync('ed25519')
}

function coseOf(publicKey: KeyObject, kind: KeyKind): Buffer {
  const jwk = publicKey.export({ format: 'jwk' })
  const part = (value: string | undefined): Buffer => cborBytes(Buffer.from(value ?? '', 'base64url'))
  const int = cborInt
  if (kind === 'es256') {
    return cborMap([
      [1, int(2)],
      [3, int(-7)],
      [-1, int(1)],
      [-2, part(jwk.x)],
      [-3, part(jwk.y)],
    ])
  }
  if (kind === 'rs256') {
    return cborMap([
      [1, int(3)],
      [3, int(-257)],
      [-1, part(jwk.n)],
      [-2, part(jwk.e)],
    ])
  }
  return cborMap([
    [1, int(1)],
    [3, int(-8)],
    [-1, int(6)],
    [-2, part(jwk.x)],
  ])
}

function cborHead(major: number, argument: number): Buffer {
  const type = major << 5
  if (argument < 24) return Buffer.from([type | argument])
  if (argument < 256) return Buffer.from([type | 24, argument])
  return Buffer.from([type | 25, argument >> 8, argument & 255])
}

const cborInt = (value: number): Buffer => (value < 0 ? cborHead(1, -1 - value) : cborHead(0, value))
const cborText = (text: string): Buffer =>
  Buffer.concat([cborHead(3, Buffer.byteLength(text)), Buffer.from(text)])
const cborBytes = (bytes: Uint8Array): Buffer => Buffer.concat([cborHead(2, bytes.length), bytes])

function cborMap(entries: readonly (readonly [string | number, Buffer])[]): Buffer {
  const key = (name: string | number) => (typeof name === 'number' ? cborInt(name) : cborText(name))
  return Buffer.concat([
    cborHead(5, entries.length),
    ...entries.flatMap(([name, value]) => [key(name), value]),
  ])
}
