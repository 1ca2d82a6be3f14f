import { ConnectionError } from '@cablegram/mtproto'

/** More of a peer's first words than this is not repeated. */
const MAX_WORDS = 80
/** Random bytes do not look like so many letters in a row. */
const MIN_TEXT_BYTES = 7

/**
 * Names a peer by the first bytes it sends, if they are those of another service.
 *
 * @returns undefined for what may be MTProto, or is too short to tell
 */
export function describePeer(head: Uint8Array): string | undefined {
  if (head.length < MIN_TEXT_BYTES) return undefined
  const [type, major, minor = 255] = head
  // A TLS alert or handshake record: the answer of a TLS server to plain bytes.
  if ((type === 0x15 || type === 0x16) && major === 3 && minor <= 4) return 'TLS'
  const text = printableStart(head)
  if (/^HTTP\/\d/.test(text)) return `HTTP (${httpWords(head)})`
  if (/^SSH-\d/.test(text)) return `SSH (${firstLine(text)})`
  if (/^(?:\d{3}[ -]|\+OK|-ERR|\* OK|RFB \d|AMQP)/.test(text)) return `another service ("${firstLine(text)}")`
  return undefined
}

/** The error for a server that answers, and does not speak what it is asked in. */
export function foreignPeer(where: string, what: string, next: string, cause?: unknown): ConnectionError {
  return new ConnectionError('SERVER_NOT_MTPROTO', `${where} ${what}. ${next}`, { cause })
}

/** The status line, and the name that the server gives itself. */
function httpWords(head: Uint8Array): string {
  const text = new TextDecoder('latin1').decode(head.subarray(0, 2048))
  const server = /\r?\nserver: *([^\r\n]{1,80})/i.exec(text)?.[1]
  return printable([firstLine(text), server].filter(Boolean).join(', '))
}

/** The first line that a peer sends, printable and cut short. */
export function firstLine(text: string): string {
  return printable(text.split(/\r?\n/)[0] ?? '').slice(0, MAX_WORDS)
}

/** Keeps only printable characters of the text that a peer sends, for an error message. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '').slice(0, 2 * MAX_WORDS)
}

function printableStart(head: Uint8Array): string {
  const text = new TextDecoder('latin1').decode(head.subarray(0, 256))
  return /^[\x20-\x7e\r\n]*/.exec(text)?.[0] ?? ''
}

/** Codes of certificates that are not accepted, of OpenSSL and of Node. */
const CERTIFICATE = /CERT|UNABLE_TO_|ERR_TLS_/

/** The system's reason why a server cannot be reached, for an error message. */
export function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (typeof code !== 'string') return ''
  if (code === 'ECONNRESET')
    return ': something listens there and hangs up (another service, or one that wants TLS)'
  return CERTIFICATE.test(code) ? `: its certificate is not accepted (${code})` : ` (${code})`
}

/** The head of an HTTP answer. */
interface AnswerHead {
  readonly statusCode?: number | undefined
  readonly statusMessage?: string | undefined
  readonly headers: Readonly<Record<string, unknown>>
}

/** The status, and the name that the server gives itself. */
export function statusOf({ statusCode, statusMessage = '', headers }: AnswerHead): string {
  const server = headers['server'] === undefined ? '' : ` (${headers['server']})`
  return printable(`${statusCode} ${statusMessage}`.trim() + server)
}
