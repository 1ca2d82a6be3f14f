/** Looks for secrets in a log. */

/** Shorter bytes are the beginning of too many things. */
const MIN_BYTES = 16
const WORDS = /[0-9A-Za-z]+/g

/**
 * The secrets found in a log, in any form a program would write them in.
 * @param log pino's lines
 */
export function findSecrets(log: string, secrets: Iterable<Uint8Array>): string[] {
  const said = log.split('\n').map(withoutHead).join('\n')
  const words = new Set(said.match(WORDS))
  const found = new Set<string>()
  for (const secret of secrets) {
    for (const form of formsOf(secret)) if (mayStand(form, words) && stands(form, said)) found.add(form)
  }
  return [...found]
}

/** A form that stands by itself consists of whole words of the log. Few of the hundred thousand secrets have only such words. */
function mayStand(form: string, words: ReadonlySet<string>): boolean {
  return form.match(WORDS)?.every((word) => words.has(word)) ?? true
}

/** Whether it stands there by itself, and not inside a longer number or word. */
function stands(form: string, said: string): boolean {
  const isPart = (sign: string | undefined): boolean => sign !== undefined && /[0-9A-Za-z]/.test(sign)
  for (let at = said.indexOf(form); at >= 0; at = said.indexOf(form, at + 1)) {
    if (!isPart(said[at - 1]) && !isPart(said[at + form.length])) return true
  }
  return false
}

/** A line without the numbers that every line has, which may look like a code. */
function withoutHead(line: string): string {
  if (!line.startsWith('{')) return line
  const { time: _time, pid: _pid, hostname: _hostname, connection: _connection, ...rest } = JSON.parse(line)
  // FLOOD_WAIT_12345 only says how long.
  if (typeof rest.refused === 'string') rest.refused = rest.refused.replace(/_\d+$/, '')
  return JSON.stringify(rest)
}

function formsOf(secret: Uint8Array): string[] {
  const bytes = Buffer.from(secret)
  const text = bytes.toString()
  const delivery = text.startsWith('{"') ? parseDelivery(text) : undefined
  if (delivery !== undefined) {
    // Ids of accounts and chats are no secrets, and stand in every log.
    const told = Object.entries(delivery).filter(([name]) => !/Id$/.test(name))
    return told.flatMap(([, value]) => textForms(value))
  }
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
 * A delivery without its channel and purpose: the code, its hash, and the text around it. Undefined if
 * random bytes only look like one.
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
