import { text } from 'node:stream/consumers'
import type { FoundSession } from '@cablegram/client/convert'
import type { Arguments, Option } from '../../command.ts'
import { CommandError } from '../../errors.ts'
import { askPassphrase, givenPassphrase, isSealedFile } from '../../session-storage.ts'

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

/** A session, and the passphrase that it was sealed under. */
export type OpenedSession = FoundSession & { readonly passphrase?: string }

/** The session at a path, or in the string on standard input. */
export async function found(
  path: string,
  options: ReturnType<typeof desktopOptions>,
): Promise<OpenedSession> {
  const { readSession, readSessionText } = await import('@cablegram/client/convert')
  if (path !== '-' && (await isSealedFile(path))) {
    const { session, passphrase } = await unsealed(path)
    const text = `1${Buffer.from(session).toString('base64url')}`
    return { ...readSessionText(text, path), form: 'file', passphrase }
  }
  if (path !== '-') return await readSession(path, options)
  if (process.stdin.isTTY) throw new CommandError('- reads the string from standard input. Add: < string.txt')
  return readSessionText((await text(process.stdin)).trim(), 'The string on standard input')
}

/** @throws SessionError SESSION_PASSPHRASE, SESSION_IN_USE */
async function unsealed(path: string): Promise<{ session: string; passphrase: string }> {
  const passphrase = givenPassphrase() ?? (process.stdin.isTTY ? await askPassphrase(path) : undefined)
  if (passphrase === undefined) {
    throw new CommandError(
      `${path} is sealed. Give its passphrase in CABLEGRAM_PASSPHRASE, or run this in a terminal.`,
    )
  }
  const { fileSession } = await import('@cablegram/client')
  const storage = fileSession(path, { passphrase })
  const session = await storage.open()
  await storage.close()
  return { session: session ?? '', passphrase }
}
