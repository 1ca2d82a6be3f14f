/** Looks for secrets in what was logged. */

/** Shorter than this, bytes are too many things' beginning. */
const MIN_BYTES = 16

/**
 * The secrets that stand in a log, in any form a program would write them in.
 * @param log pino's lines
 */
export function findSecrets(log: string, secrets: Iterable<Uint8Array>): string[] {
  const said = log.split('\n').map(withoutHead).join('\n')
  const found = new Set<string>()
  for (const secret of secrets) {
    for (const form of formsOf(secret)) if (stands(form, said)) found.add(form)
  }
  return [...found]
}

/** Whether it is in there by itself, and not as a part of a longer number or word. */
function stands(form: string, said: string): boolean {
  const isPart = (sign: string | undefined): boolean => sign !== undefined && /[0-9A-Za-z]/.test(sign)
  for (let at = said.indexOf(form); at >= 0; at = said.indexOf(form, at + 1)) {
    if (!isPart(said[at - 1]) && !isPart(said[at + form.length])) return true
  }
  return false
}

/** A line but for the numbers that every line has, which may look like a code. */
function withoutHead(line: string): string {
  if (!line.startsWith('{')) return line
  const { time: _time, pid: _pid, hostname: _hostname, connection: _connection, ...rest } = JSON.parse(line)
  // FLOOD_WAIT_12345 says how long, and that is all.
  if (typeof rest.refused === 'string') rest.refused = rest.refused.replace(/_\d+$/, '')
  return JSON.stringify(rest)
}

function formsOf(secret: Uint8Array): string[] {
  const bytes = Buffer.from(secret)
  const text = bytes.toString()
  const delivery = text.startsWith('{"') ? parseDelivery(text) : undefined
  if (delivery !== undefined) return Object.values(delivery).flatMap(textForms)
  const isText = /^[\x20-\x7e]+$/.test(text)
  if (bytes.length < MIN_BYTES) return isText ? [text] : []
  const forms = (['hex', 'base64', 'base64url'] as const).map((form) =>
    bytes.toString(form).replace(/=+$/, ''),
  )
  return isText ? [...forms, text] : forms
}

function textForms(value: unknown): string[] {
  return typeof value === 'string' && value.length >= 5 ? [value] : []
}

/**
 * A delivery, but for which way it goes and what for: the code, its hash, the text it stands in. Undefined where random
 * bytes only begin like one.
 */
function parseDelivery(text: string): object | undefined {
  try {
    const { channel: _channel, purpose: _purpose, ...secret } = JSON.parse(text)
    return secret
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
