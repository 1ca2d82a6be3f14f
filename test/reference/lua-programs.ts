import { memorySession, TelegramClient } from '@cablegram/client'
import { runLua } from '@cablegram/lua'
import type { CablegramServer } from '@cablegram/server'

/**
 * Runs a script as `cablegram lua` does. A person who is asked for a code reads it in the server's inbox.
 *
 * @param args the arguments behind the file's name
 * @param files the folder of `--files`
 * @returns the lines that it printed
 * @throws LuaError for an error that the script does not catch
 */
export async function runLuaProgram(
  text: string,
  server: CablegramServer,
  { args, files }: { readonly args: readonly string[]; readonly files?: string | undefined },
): Promise<string[]> {
  const client = new TelegramClient(memorySession(), { server: server.info })
  const lines: string[] = []
  const ask = async () => (await server.codes.list())[0]?.code
  try {
    await runLua(client, text, { args, files, ask, print: (line) => lines.push(line) })
  } finally {
    await client.close()
  }
  return lines
}
