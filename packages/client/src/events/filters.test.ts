import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Message } from '../message/message.ts'
import { Group, User } from '../peers/views.ts'
import { checkEventName, checkFilter, passes } from './filters.ts'
import type { EventName } from './words.ts'

const ADA = new User(
  {
    id: 5n,
    firstName: 'Ada',
    lastName: undefined,
    username: 'Ada',
    phone: undefined,
    isSelf: true,
    isBot: false,
  },
  undefined,
  undefined,
)
const GROUP = new Group({ kind: 'group', id: -7n, title: 'Group', username: undefined }, undefined, undefined)
const MESSAGE = {
  message: new Message(
    { _: 'message', id: 1, peerId: { _: 'peerChat', chatId: 7n }, date: 1, message: '/start now', out: true },
    GROUP,
    ADA,
  ),
  chat: GROUP,
  sender: ADA,
  command: { name: 'start', argument: 'now' },
}

const ROWS: readonly (readonly [EventName, object, object, boolean])[] = [
  ['read', { chat: GROUP, by: 'own' }, {}, true],
  ['read', { chat: GROUP, by: 'own' }, { chat: -7n, by: 'own' }, true],
  ['read', { chat: GROUP, by: 'own' }, { chat: -7n, by: 'others' }, false],
  ['read', { chat: GROUP, by: 'own' }, { chat: [4n, -7n] }, true],
  ['read', { chat: GROUP, by: 'own' }, { chat: undefined }, true],
  ['read', { chat: GROUP, by: 'own' }, { chat: [ADA, GROUP] }, true],
  ['read', { chat: GROUP, by: 'own' }, { chat: ADA }, false],
  ['read', { chat: GROUP, by: 'own' }, { chat: '@ada' }, false],
  ['message', MESSAGE, { incoming: true }, false],
  ['message', MESSAGE, { incoming: false }, true],
  ['message', MESSAGE, { outgoing: true }, true],
  ['message', MESSAGE, { text: /^\/start/ }, true],
  ['message', MESSAGE, { text: '/start' }, false],
  ['message', MESSAGE, { sender: '@ADA' }, true],
  ['message', MESSAGE, { command: 'start' }, true],
  ['message', MESSAGE, { command: ['help', 'Start'] }, true],
  ['message', MESSAGE, { command: 'stop' }, false],
  ['message', { ...MESSAGE, command: undefined }, { command: 'start' }, false],
  ['message', MESSAGE, { sender: 'me', chat: -7n }, true],
  ['message', MESSAGE, { chat: ['me', '@bob'] }, false],
  ['edit', MESSAGE, { sender: 5n, text: /now$/ }, true],
  ['inlineQuery', { text: 'find cats' }, { text: /cats/ }, true],
  ['inlineQuery', { text: 'find cats' }, { text: /^cats/ }, false],
  ['inlineQuery', { text: 'find cats' }, { text: 'find cats' }, true],
  ['inlineQuery', { text: 'find cats' }, { text: 'find' }, false],
  ['callbackQuery', { data: 'yes' }, { data: /^y/g }, true],
  ['raw', { _: 'updateConfig' }, { _: ['updateConfig', 'updateUser'] }, true],
  ['delete', { chat: undefined }, { chat: 5n }, false],
]

for (const [name, event, filter, isPassing] of ROWS) {
  const shown = Object.entries(filter).map(([field, value]) => `${field} ${value}`)
  test(`an event "${name}" ${isPassing ? 'passes' : 'does not pass'} a filter of ${shown.join(' and ') || 'nothing'}`, () => {
    // A pattern with a state of its own passes each time.
    for (let time = 0; time < 3; time += 1) assert.equal(passes(name, event, filter), isPassing)
  })
}

test('names and filters that do not exist are refused, with the one that was meant', () => {
  const refused = (code: string, text: RegExp) => ({ name: 'UsageError', code, message: text })
  assert.throws(
    () => checkEventName('mesage'),
    refused('EVENT_UNKNOWN', /There is no event "mesage".*message/),
  )
  assert.throws(() => checkEventName('typng'), refused('EVENT_UNKNOWN', /typing/))
  assert.throws(() => checkEventName(undefined), refused('EVENT_UNKNOWN', /undefined/))
  assert.throws(() => checkFilter('read', { cht: 1n }), refused('OPTION_INVALID', /`cht`.*chat/s))
  assert.throws(
    () => checkFilter('inlineQuery', { text: 5 }),
    refused('OPTION_INVALID', /a string or a pattern/),
  )
  assert.throws(() => checkFilter('read', null), refused('OPTION_INVALID', /is an object/))
  assert.throws(() => checkFilter('message', { chat: 5 }), refused('OPTION_INVALID', /an id as a bigint/))
  assert.throws(() => checkFilter('message', { chat: ['ada'] }), refused('OPTION_INVALID', /'@name'/))
  assert.throws(() => checkFilter('message', { incoming: 'yes' }), refused('OPTION_INVALID', /true or false/))
  assert.throws(
    () => checkFilter('message', { command: '/start' }),
    refused('OPTION_INVALID', /without its slash/),
  )
  assert.throws(() => checkFilter('message', /hi/), refused('OPTION_INVALID', /\{ text: \/hi\/ \}/))
  checkFilter('error', {})
})
