import { readFile, stat } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import type { FoundSession } from '@cablegram/client/convert'
import { passphrase, sessionStorage } from '../../client.ts'
import type { Arguments, Option } from '../../command.ts'
import { CommandError } from '../../errors.ts'

/** Options that open a folder of Telegram Desktop. */
export const DESKTOP_OPTIONS: Readonly<Record<string, Option>> = {
  passcode: { value: 'TEXT', help: "Telegram Desktop's local passcode, if one is set" },
  account: { value: 'N', help: "which account of Telegram Desktop's, from 0 (default: 0)" },
}

export function desktopOptions(args: Arguments): {
  passcode: string | undefined
  account: number | undefined
} {
  return { passcode: args.text('passcode'), account: args.number('account') }
}

/** The session at a path, or in the string on standard input. */
export async function found(path: string, options: ReturnType<typeof desktopOptions>): Promise<FoundSession> {
  const { readSession, readSessionText } = await import('@cablegram/client/convert')
  if (path !== '-' && passphrase() !== undefined && (await isSealedFile(path))) {
    const session = await unsealed(path)
    return readSessionText(`1${Buffer.from(session).toString('base64url')}`, path)
  }
  if (path !== '-') return await readSession(path, options)
  if (process.stdin.isTTY) throw new CommandError('- reads the string from standard input. Add: < string.txt')
  return readSessionText((await text(process.stdin)).trim(), 'The string on standard input')
}

/** A session is a few kilobytes. */
const MAX_BYTES = 16 * 1024 * 1024

async function isSealedFile(path: string): Promise<boolean> {
  const facts = await stat(path).catch(() => undefined)
  if (facts?.isFile() !== true || facts.size > MAX_BYTES) return false
  const { isSealed } = await import('@cablegram/client')
  return isSealed(await readFile(path, 'utf8'))
}

/** @throws SessionError SESSION_PASSPHRASE, SESSION_IN_USE */
async function unsealed(path: string): Promise<string> {
  const storage = await sessionStorage(path)
  const session = await storage.open()
  await storage.close()
  return session ?? ''
}
