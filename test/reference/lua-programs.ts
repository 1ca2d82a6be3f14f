import { memorySession, TelegramClient } from '@cablegram/client'
import { runLua } from '@cablegram/lua'
import type { CablegramServer } from '@cablegram/server'

/**
 * Runs a script as `cablegram lua` does. A person who is asked for a code reads it in the server's inbox.
 *
 * @param args the arguments behind the file's name
 * @returns the lines that it printed
 * @throws LuaError for an error that the script does not catch
 */
export async function runLuaProgram(
  text: string,
  server: CablegramServer,
  args: readonly string[],
): Promise<string[]> {
  const client = new TelegramClient(memorySession(), { server: server.info })
  const lines: string[] = []
  const ask = async () => (await server.codes.list())[0]?.code
  try {
    await runLua(client, text, { args, ask, print: (line) => lines.push(line) })
  } finally {
    await client.close()
  }
  return lines
}
