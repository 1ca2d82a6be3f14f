import { UsageError } from '@cablegram/tl'
import type { Results } from '@cablegram/tl/api'
import type { ClientApi } from '../namespaces.ts'
import { decodeBase64Url, encodeBase64Url } from '../storage/base64.ts'

const PREFIX = 'tg://login?token='

/** The content of the QR code of a login token. */
export function formatLoginUrl(token: Uint8Array): string {
  return PREFIX + encodeBase64Url(token)
}

/** The token in the content of a QR code. @throws UsageError LOGIN_URL_INVALID */
export function parseLoginUrl(url: string): Uint8Array {
  // Pasted out of a terminal, it comes with line breaks and marks.
  const text = url.replace(/[\s\p{Cf}]/gu, '').replace(/[.,;]+$/, '')
  const token = text.startsWith(PREFIX)
    ? decodeBase64Url(text.slice(PREFIX.length).replace(/=+$/, ''))
    : undefined
  if (token && token.length > 0) return token
  throw new UsageError(
    'LOGIN_URL_INVALID',
    `This is not the content of a login's QR code, which begins with ${PREFIX}. Give all of it, in quotes.`,
  )
}

/** Lets the device that shows this QR code sign in as the user of this client. */
export function acceptLogin(
  client: { readonly auth: Pick<ClientApi['auth'], 'acceptLoginToken'> },
  url: string,
): Promise<Results['auth.acceptLoginToken']> {
  return client.auth.acceptLoginToken({ token: parseLoginUrl(url) })
}
