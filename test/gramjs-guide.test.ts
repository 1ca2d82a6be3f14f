import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

const GUIDE = readFileSync(new URL('../site/guides/from-gramjs.md', import.meta.url), 'utf8')

/** The public methods of `TelegramClient` in `telegram` 2.26.22, from its `TelegramClient.d.ts`. */
const METHODS =
  `addEventHandler buildReplyMarkup checkAuthorization connect deleteMessages destroy disconnect downloadFile
  downloadMedia downloadProfilePhoto editMessage forwardMessages getDC getDialogs getEntity getInputEntity getMe getMessages
  getParticipants getPeerId getSender inlineQuery invoke invokeWithSender isBot isUserAuthorized iterDialogs iterDownload
  iterMessages iterParticipants kickParticipant listEventHandlers markAsRead on pinMessage removeEventHandler sendCode sendFile
  sendMessage setLogLevel setParseMode signInBot signInUser signInUserWithQrCode signInWithPassword start unpinMessage
  updateTwoFaSettings uploadFile`.split(/\s+/)

test('every method of the client of GramJS has a row', () => {
  const table = GUIDE.slice(GUIDE.indexOf('\n## Every call\n'))
  const left = [...table.matchAll(/^\| (.*?) \| /gm)].map(([, cell = '']) => cell).join(' ')
  const missing = METHODS.filter((method) => !new RegExp(`client\\.${method}\\b`).test(left))
  assert.deepEqual(missing, [])
})
