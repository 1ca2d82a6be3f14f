import { ok } from 'node:assert'
import { parseAttestation } from '../../../packages/server/src/rules/logins/webauthn/authenticator-data.ts'
import { readCbor } from '../../../packages/server/src/rules/logins/webauthn/cbor.ts'
import { publicKeyOf } from '../../../packages/server/src/rules/logins/webauthn/public-key.ts'
import type { Rng } from '../../simulation/rng.ts'
import { attempt, join, pick, type Target } from '../target.ts'

const RP_ID = 'localhost'
const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'))
/** SHA-256 of {@link RP_ID}. */
const RP_ID_HASH = hex('49960de5880e8c687434170f6476605b8fe4aeb9a28632c7995cf3ba831d9763')
/** `{fmt: 'none', attStmt: {}, authData:` and a length in two bytes. */
const HEAD = hex('a363666d74646e6f6e656761747453746d74a068617574684461746159')
const KEYS = [hex('a5010203262001215820'), hex('a40103033901002059'), hex('a4010103272006215820')]

/** The data of an authenticator about a new passkey. */
export const passkey: Target = {
  name: 'passkey',
  words: [HEAD, RP_ID_HASH, hex('225820'), hex('2143010001'), ...KEYS],
  make(rng: Rng) {
    const idLength = pick(rng, [0, 1, 16, 32])
    const credential = join(rng.bytes(16), Uint8Array.of(0, idLength), rng.bytes(idLength), pick(rng, KEYS))
    const flags = Uint8Array.of(pick(rng, [0x45, 0x05, 0x41, 0xc5]))
    const authData = join(RP_ID_HASH, flags, rng.bytes(4), credential, rng.bytes(pick(rng, [0, 32, 68])))
    return join(HEAD, Uint8Array.of(authData.length >> 8, authData.length), authData)
  },
  run(input) {
    const read = attempt(() => readCbor(input))
    ok(read === undefined || read.end <= input.length, 'a value longer than the input')
    const credential = attempt(() => parseAttestation(input, RP_ID))?.credential
    if (credential) attempt(() => publicKeyOf(credential.cosePublicKey))
  },
}
