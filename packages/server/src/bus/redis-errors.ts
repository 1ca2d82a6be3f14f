import { UsageError } from '@cablegram/tl'

/** `host:port` of a URL: its password is for nobody to read. */
export function placeOf(url: string): string {
  const { hostname, port } = new URL(url)
  return `${hostname}:${port || '6379'}`
}

/** @throws {UsageError} BUS_INVALID for what is not the URL of a Redis */
export function checkRedisUrl(url: string): void {
  const protocol = URL.canParse(url) ? new URL(url).protocol : ''
  if ((protocol === 'redis:' || protocol === 'rediss:') && new URL(url).hostname !== '') return
  throw new UsageError(
    'BUS_INVALID',
    'Invalid address of the bus: give redis://HOST:PORT, redis://:PASSWORD@HOST:PORT, or rediss:// for TLS; write / # ? @ and % in a password as %2F %23 %3F %40 and %25.',
  )
}

/** The reason why the bus cannot be used, in one sentence with the next step. */
export function explainRedis(url: string, cause: unknown): UsageError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const at = `the Redis at ${placeOf(url)}`
  if (/^NOAUTH/.test(reason)) {
    return new UsageError(
      'BUS_PASSWORD',
      `${upper(at)} asks for a password: give it in the address, as redis://:PASSWORD@HOST:PORT.`,
      { cause },
    )
  }
  if (/^WRONGPASS|^ERR (invalid password|AUTH)/i.test(reason)) {
    return new UsageError(
      'BUS_PASSWORD',
      `${upper(at)} refuses the name or password in the address: check both.`,
      {
        cause,
      },
    )
  }
  if (/^NOPERM/.test(reason)) {
    return new UsageError(
      'BUS_FORBIDDEN',
      `${upper(at)} does not let this user publish and subscribe: allow it with ACL SETUSER NAME +publish +subscribe '&cablegram:*'.`,
      { cause },
    )
  }
  return new UsageError(
    'BUS_UNREACHABLE',
    `${upper(at)} cannot be reached (${reason || 'no answer'}): start it, or correct the address of the bus.`,
    { cause },
  )
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
