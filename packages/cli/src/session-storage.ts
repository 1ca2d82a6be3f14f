import { readFile, stat } from 'node:fs/promises'
import type { SessionStorage } from '@cablegram/client'
import { CommandError } from './errors.ts'
import { type LineInput, TypedLines } from './typed-lines.ts'

/** A session is a few kilobytes. */
const MAX_BYTES = 16 * 1024 * 1024

/** The storage of a session file. A sealed one takes the passphrase from the environment, or asks for it in a terminal. */
export async function sessionStorage(file: string): Promise<SessionStorage> {
  const { fileSession } = await import('@cablegram/client')
  const given = givenPassphrase()
  const isAsked = given === undefined && process.stdin.isTTY && (await isSealedFile(file))
  return fileSession(file, { passphrase: isAsked ? () => askPassphrase(file) : given })
}

/** The passphrase in the environment, because other users see the arguments of a command. */
export function givenPassphrase(): string | undefined {
  return process.env['CABLEGRAM_PASSPHRASE'] || undefined
}

/** Tells whether a path is that of a sealed session. */
export async function isSealedFile(path: string): Promise<boolean> {
  const facts = await stat(path).catch(() => undefined)
  if (facts?.isFile() !== true || facts.size > MAX_BYTES) return false
  const { isSealed } = await import('@cablegram/client')
  return isSealed(await readFile(path, 'utf8'))
}

/** Asks for the passphrase of a session; the terminal does not show it. */
export async function askPassphrase(
  file: string,
  input: LineInput = process.stdin,
  output: NodeJS.WritableStream = process.stderr,
): Promise<string> {
  const lines = new TypedLines(input, output)
  try {
    const answer = await lines.ask(`Passphrase of ${file}: `, { isHidden: true })
    if (answer === undefined || answer === '')
      throw new CommandError('A sealed session needs its passphrase.')
    return answer
  } finally {
    lines.close()
  }
}
