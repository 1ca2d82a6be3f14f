/** Copies a group's messages and files into a folder; later only what is new. Usage: archive.ts TITLE [FOLDER] */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { TelegramClient } from '@cablegram/client'

const [title = '', folder = 'archive'] = process.argv.slice(2)

const client = new TelegramClient('archive.session', { server: 'http://127.0.0.1:10081' })
await client.start()

async function findGroup() {
  for await (const { chat } of client.dialogs()) if (chat.title === title) return chat
  throw new Error(`You are in no chat with the title "${title}".`)
}

const group = await findGroup()
mkdirSync(folder, { recursive: true })
const file = `${folder}/messages.jsonl`
const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : []
const lastId: number = JSON.parse(lines.at(-1) ?? '{"id":0}').id

for await (const message of client.history(group, { reverse: true, fromId: lastId + 1 })) {
  if (message.file) {
    const { fileName, kind, mimeType } = message.file
    const name = fileName ?? `${kind}.${mimeType.split('/')[1]}`
    await client.download(message, `${folder}/${message.id} ${basename(name)}`)
  }
  appendFileSync(file, `${JSON.stringify(message)}\n`)
}

await client.close()
