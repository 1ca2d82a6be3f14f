const SOME = 0x8000

/** Bytes as base64. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += SOME)
    text += String.fromCharCode(...bytes.subarray(at, at + SOME))
  return btoa(text)
}

/** Base64 as bytes, or undefined where it is none. */
export function decodeBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
  } catch {
    return undefined
  }
}

/** Bytes as base64url without padding. */
export function encodeBase64Url(bytes: Uint8Array): string {
  return encodeBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Base64url, padded or not, as bytes, or undefined where it is none. */
export function decodeBase64Url(text: string): Uint8Array | undefined {
  return decodeBase64(text.replaceAll('-', '+').replaceAll('_', '/'))
}
