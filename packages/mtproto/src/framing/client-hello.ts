import { bigIntToBytes, bytesToBigInt, concatBytes, modPow } from '../crypto/index.ts'
import type { Random } from '../machine.ts'

/** The length of the ClientHello record: browsers pad theirs to it, and some proxies know no other. */
export const CLIENT_HELLO_BYTES = 517
/** The place of the field `random`, for both sides' hellos, in a record. */
export const HELLO_RANDOM_AT = 11
export const HELLO_RANDOM_BYTES = 32

/** The prime and the factor of Curve25519, y² = x³ + 486662x² + x (RFC 7748). */
const CURVE_PRIME = 2n ** 255n - 19n
const CURVE_A = 486_662n

/**
 * The record of a ClientHello for TLS 1.3, as Chrome has sent it: 517 bytes, with zeros in place of `random`.
 *
 * @param domain for the extension server_name, at most 182 characters of ASCII
 * @see RFC 8446, section 4.1.2
 */
export function encodeClientHello(domain: string, random: Random): Uint8Array {
  const greases = random(5)
  const grease = (index: number) => {
    const byte = ((greases[index] ?? 0) & 0xf0) | 0x0a
    return Uint8Array.of(byte, byte)
  }
  // Two extensions may not have the same number.
  const isSame = grease(1)[0] === grease(0)[0]
  const lastExtension = isSame ? grease(0).map((byte) => byte ^ 0x10) : grease(1)
  const ciphers = concatBytes(
    grease(2),
    ints(0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9),
    ints(0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035),
  )
  const group = grease(3)
  const extensions = concatBytes(
    extension(grease(0)),
    extension(ints(0x0000), sized(concatBytes(Uint8Array.of(0), sized(ascii(domain))))),
    extension(ints(0x0017)),
    extension(ints(0xff01), Uint8Array.of(0)),
    extension(ints(0x000a), sized(concatBytes(group, ints(0x001d, 0x0017, 0x0018)))),
    extension(ints(0x000b), Uint8Array.of(1, 0)),
    extension(ints(0x0023)),
    extension(ints(0x0010), sized(concatBytes(short(ascii('h2')), short(ascii('http/1.1'))))),
    extension(ints(0x0005), Uint8Array.of(1, 0, 0, 0, 0)),
    extension(ints(0x000d), sized(ints(0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601))),
    extension(ints(0x0012)),
    extension(
      ints(0x0033),
      sized(concatBytes(group, sized(Uint8Array.of(0)), ints(0x001d), sized(drawPublicKey(random)))),
    ),
    extension(ints(0x002d), short(Uint8Array.of(1))),
    extension(ints(0x002b), short(concatBytes(grease(4), ints(0x0304, 0x0303, 0x0302, 0x0301)))),
    extension(ints(0x001b), short(ints(0x0002))),
    extension(lastExtension, Uint8Array.of(0)),
  )
  const start = concatBytes(
    Uint8Array.of(0x16, 3, 1, ...ints(CLIENT_HELLO_BYTES - 5), 1, 0, ...ints(CLIENT_HELLO_BYTES - 9), 3, 3),
    new Uint8Array(HELLO_RANDOM_BYTES),
    short(random(32)),
    sized(ciphers),
    short(Uint8Array.of(0)),
  )
  const padding = new Uint8Array(CLIENT_HELLO_BYTES - start.length - 2 - extensions.length - 4)
  return concatBytes(start, sized(concatBytes(extensions, extension(ints(0x0015), padding))))
}

/** A public key for X25519. About half of all numbers are no coordinate of the curve: those would give the imitation away. */
export function drawPublicKey(random: Random): Uint8Array {
  for (;;) {
    const x = bytesToBigInt(random(32)) % CURVE_PRIME
    const square = (((x + CURVE_A) * x + 1n) * x) % CURVE_PRIME
    if (modPow(square, (CURVE_PRIME - 1n) / 2n, CURVE_PRIME) === 1n) return bigIntToBytes(x, 32).reverse()
  }
}

function extension(type: Uint8Array, contents: Uint8Array = new Uint8Array(0)): Uint8Array {
  return concatBytes(type, sized(contents))
}

/** With a length of two bytes. */
function sized(contents: Uint8Array): Uint8Array {
  return concatBytes(ints(contents.length), contents)
}

/** With a length of one byte. */
function short(contents: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(contents.length), contents)
}

/** Numbers of two bytes, big-endian. */
function ints(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [value >> 8, value & 0xff]))
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0))
}
