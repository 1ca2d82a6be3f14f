/**
 * Preloaded into every process of a suite: its servers log everything into one file, and every secret is
 * recorded in another as soon as it exists. The product has no hook for this: the sources are changed as
 * they are read.
 */
import { appendFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { threadId } from 'node:worker_threads'

const folder = process.env['SECRETS_FOLDER'] ?? ''
const files = `${folder}/${process.pid}-${threadId}`
const noted = new Set<string>()

/** Records bytes and texts that no log may contain. */
function note<T extends Uint8Array | string>(secret: T): T {
  const hex = Buffer.from(secret as string).toString('hex')
  if (!noted.has(hex)) appendFileSync(`${files}.secrets`, `${hex}\n`)
  noted.add(hex)
  return secret
}

Object.assign(globalThis, { noteSecret: note })

interface Change {
  readonly file: string
  readonly from: string
  readonly to: string
}

const CHANGES: readonly Change[] = [
  {
    file: '/server/src/start/logger.ts',
    from: 'pino({ level, redact',
    to: "pino({ level: 'trace', redact",
  },
  {
    file: '/server/src/start/logger.ts',
    from: 'pino.destination(2)',
    to: `pino.destination({ dest: ${JSON.stringify(`${files}.log`)}, sync: true, append: true })`,
  },
  // Keys, codes, messages that hold them, password verifiers: everything sealed is secret.
  {
    file: '/server/src/database/secret.ts',
    from: 'const iv = random(IV_BYTES)',
    to: 'globalThis.noteSecret(plain); const iv = random(IV_BYTES)',
  },
  // Tokens and hashes of codes: the store has only digests of those.
  {
    file: '/server/src/start/start-server.ts',
    from: 'createDomain({ store, clock, random,',
    to: 'createDomain({ store, clock, random: (length) => length < 16 ? random(length) : globalThis.noteSecret(random(length)),',
  },
  {
    file: '/mtproto/src/crypto/srp.ts',
    from: 'export function derivePasswordHash(password: string, algo: PasswordAlgo): Uint8Array {',
    to: 'export function derivePasswordHash(password: string, algo: PasswordAlgo): Uint8Array { globalThis.noteSecret(password);',
  },
]

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    const changes = CHANGES.filter(({ file }) => url.endsWith(`/packages${file}`))
    if (changes.length === 0) return loaded
    let source = String(Buffer.from(loaded.source as Uint8Array))
    for (const { from, to } of changes) {
      if (!source.includes(from)) throw new Error(`${url} has no ${from} any more: change this test with it`)
      source = source.replace(from, to)
    }
    return { ...loaded, source }
  },
})
