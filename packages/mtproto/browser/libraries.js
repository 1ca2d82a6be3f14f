/** Other people's code in the browser build; `npm run build` writes it into one file. The types are beside. */
import { sha1 as sha1Of } from '@noble/hashes/legacy.js'
import { pbkdf2 } from '@noble/hashes/pbkdf2.js'
import { sha512 } from '@noble/hashes/sha2.js'
import { gzipSync, Inflate } from 'fflate'

export { gzipSync, Inflate }

export function startSha1() {
  return sha1Of.create()
}

export function pbkdf2OfSha512(password, salt, iterations) {
  return pbkdf2(sha512, password, salt, { c: iterations, dkLen: 64 })
}
