import type { Random } from '@cablegram/mtproto'

/** Bytes of a hash: nobody guesses a link. */
const HASH_BYTES = 12
const HASH = /^[\w-]{16,64}$/
/** The forms in which people pass a link on. */
const LINK = /^(?:(?:https?:\/\/)?t\.me\/(?:\+|joinchat\/)|tg:\/\/join\?invite=)?([\w-]+)$/

/** Makes the hash of a new link. */
export function newHash(random: Random): string {
  return Buffer.from(random(HASH_BYTES)).toString('base64url')
}

/** The address that people pass on. */
export function linkOf(hash: string): string {
  return `https://t.me/+${hash}`
}

/** The hash of a link; undefined if it is none. */
export function hashOf(link: string): string | undefined {
  const [, hash] = LINK.exec(link) ?? []
  return hash !== undefined && HASH.test(hash) ? hash : undefined
}
