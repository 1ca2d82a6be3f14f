/** A change to a source file, as it is read. */
export interface Change {
  /** The end of its path. */
  readonly file: string
  readonly from: string
  readonly to: string
}

/**
 * The changes to the sources of the product that make it log everything and note its secrets.
 *
 * @param log the file of the log
 */
export const changesFor = (log: string): readonly Change[] => [
  {
    file: '/server/src/start/logger.ts',
    from: 'pino({ level, redact',
    to: "pino({ level: 'trace', redact",
  },
  {
    file: '/server/src/start/logger.ts',
    from: 'pino.destination(2)',
    to: `pino.destination({ dest: ${JSON.stringify(log)}, sync: true, append: true })`,
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
    from: '    clock,\n    random,\n    courier,',
    to: '    clock,\n    random: (length) => length < 16 ? random(length) : globalThis.noteSecret(random(length)),\n    courier,',
  },
  {
    file: '/mtproto/src/crypto/srp.ts',
    from: 'export function derivePasswordHash(password: string, algo: PasswordAlgo): Uint8Array {',
    to: 'export function derivePasswordHash(password: string, algo: PasswordAlgo): Uint8Array { globalThis.noteSecret(password);',
  },
]
