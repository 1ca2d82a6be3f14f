import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkEventName, checkFilter, passes } from './filters.ts'
import type { EventName } from './words.ts'

const ROWS: readonly (readonly [EventName, object, object, boolean])[] = [
  ['read', { chatId: 5n, by: 'own' }, {}, true],
  ['read', { chatId: 5n, by: 'own' }, { chatId: 5n, by: 'own' }, true],
  ['read', { chatId: 5n, by: 'own' }, { chatId: 5n, by: 'others' }, false],
  ['read', { chatId: 5n, by: 'own' }, { chatId: [4n, 5n] }, true],
  ['read', { chatId: 5n, by: 'own' }, { chatId: undefined }, true],
  ['inlineQuery', { text: 'find cats' }, { text: /cats/ }, true],
  ['inlineQuery', { text: 'find cats' }, { text: /^cats/ }, false],
  ['inlineQuery', { text: 'find cats' }, { text: 'find cats' }, true],
  ['inlineQuery', { text: 'find cats' }, { text: 'find' }, false],
  ['callbackQuery', { data: 'yes' }, { data: /^y/g }, true],
  ['raw', { _: 'updateConfig' }, { _: ['updateConfig', 'updateUser'] }, true],
  ['delete', { chatId: undefined }, { chatId: 5n }, false],
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
  assert.throws(() => checkEventName('mesage'), refused('EVENT_UNKNOWN', /There is no event "mesage"/))
  assert.throws(() => checkEventName('typng'), refused('EVENT_UNKNOWN', /typing/))
  assert.throws(() => checkEventName(undefined), refused('EVENT_UNKNOWN', /undefined/))
  assert.throws(() => checkFilter('read', { chatIdd: 1n }), refused('OPTION_INVALID', /`chatIdd`.*chatId/s))
  assert.throws(
    () => checkFilter('inlineQuery', { text: 5 }),
    refused('OPTION_INVALID', /a string or a pattern/),
  )
  assert.throws(() => checkFilter('read', null), refused('OPTION_INVALID', /is an object/))
  checkFilter('error', {})
})
