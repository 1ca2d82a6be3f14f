import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MessageEntity } from '@cablegram/tl/api'
import { constructorsOf } from '@cablegram/tl/fields'
import { textEntities, tlEntities } from './tl-entities.ts'

const AT = { offset: 1, length: 2 }
const MORE: Readonly<Record<string, object>> = {
  messageEntityPre: { language: 'ts' },
  messageEntityTextUrl: { url: 'https://example.org' },
  messageEntityCustomEmoji: { documentId: 7n },
  messageEntityBlockquote: { collapsed: true },
  messageEntityDiffReplace: { oldText: 'before' },
  messageEntityFormattedDate: { date: 5, dayOfWeek: true, longTime: true },
}
const NOBODY = async () => undefined

test('every kind of the schema comes back as it was sent, but for names', async () => {
  const sent = constructorsOf('MessageEntity')
    .map(({ name }) => name)
    .filter((name) => !/Unknown$|MentionName$/.test(name))
    .map((name) => ({ _: name, ...AT, ...MORE[name] }) as MessageEntity)
  assert.ok(sent.length >= 22)
  assert.deepEqual(tlEntities(await textEntities(sent, NOBODY)), sent)
})

test('a name is sent with an access hash and told with an id', async () => {
  const userId = { _: 'inputUser', userId: 5n, accessHash: 6n } as const
  const sent = [{ _: 'inputMessageEntityMentionName', ...AT, userId }] as const
  const known = await textEntities(sent, async (user) => (user === userId ? 5n : undefined))
  assert.deepEqual(tlEntities(known), [{ _: 'messageEntityMentionName', ...AT, userId: 5n }])
  await assert.rejects(textEntities(sent, NOBODY), { message: 'ENTITY_MENTION_USER_INVALID' })
})

test('what the server alone says is not taken from clients, nor a link to nowhere', async () => {
  const sent: MessageEntity[] = [
    { _: 'messageEntityMentionName', ...AT, userId: 5n },
    { _: 'messageEntityUnknown', ...AT },
    { _: 'messageEntityTextUrl', ...AT, url: '' },
  ]
  assert.deepEqual(await textEntities(sent, NOBODY), [])
})
