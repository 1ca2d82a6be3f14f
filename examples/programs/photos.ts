/** Downloads the photos of a chat. Started again, it goes on where it ended. Usage: photos.ts [CHAT] [FOLDER] */
import { existsSync, mkdirSync } from 'node:fs'
import { TelegramClient } from '@cablegram/client'

const [chat = 'me', folder = 'photos'] = process.argv.slice(2)

const client = new TelegramClient('photos.session', { server: 'http://127.0.0.1:10081' })
await client.start()
mkdirSync(folder, { recursive: true })

for await (const message of client.history(chat, { filter: 'photos' })) {
  const path = `${folder}/${message.id}.jpg`
  if (existsSync(path)) continue
  await client.download(message, path, {
    onProgress: (doneBytes, totalBytes = doneBytes) => {
      console.log(`${path}: ${Math.floor((100 * doneBytes) / totalBytes)} %`)
    },
  })
}

console.log('All photos are here.')
await client.close()
