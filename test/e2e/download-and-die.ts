/** Begins a download and is killed by itself once the record of it names some bytes. */
import { existsSync } from 'node:fs'
import { download, memorySession, TelegramClient } from '@cablegram/client'

const { path, session, server, messageId } = JSON.parse(process.argv[2] ?? '{}')
const client = new TelegramClient(memorySession(session), { server })
const id = [{ _: 'inputMessageID', id: messageId } as const]
const answer = await client.messages.getMessages({ id })
const [found] = 'messages' in answer ? answer.messages : []
if (!found) throw new Error('the message is gone')
await download(client, found, path, {
  onProgress: () => {
    if (existsSync(`${path}.part.json`)) process.kill(process.pid, 'SIGKILL')
  },
})
// Not killed: the test sees how this has ended.
await client.close()
