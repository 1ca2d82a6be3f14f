/**
 * Short exponents. A client draws 2048 bits for its half of a key exchange or of the proof of a password, which is most of the
 * work of a test that signs in. The other side cannot tell how long they are, and in tests it is one of ours: 320 bits, which
 * the server has in the product as well, show as much. `npm run test:long` and `npm test -- FILE` draw all bits.
 */

const FULL_BYTES = 256
const SHORT_BYTES = 40

type Draw = (into: Uint8Array<ArrayBuffer>) => Uint8Array

/** Draws short exponents from now on, in this process. */
export function shortenExponents(): void {
  Object.assign(crypto, { getRandomValues: shortening(crypto.getRandomValues.bind(crypto)) })
}

/** Fills 256 bytes with a small number, and other lengths as before. */
export function shortening(draw: Draw): Draw {
  return (into) => {
    const drawn = draw(into)
    return drawn.byteLength === FULL_BYTES ? drawn.fill(0, 0, FULL_BYTES - SHORT_BYTES) : drawn
  }
}
