import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Buttons, replyMarkupOf } from './buttons.ts'

const row = (...buttons: readonly object[]) => ({ _: 'keyboardButtonRow', buttons })

const MARKUPS: readonly (readonly [string, Buttons, object])[] = [
  [
    'buttons of each kind below a message',
    [
      [
        { text: 'a', data: new Uint8Array([1]) },
        { text: 'b', url: 'https://example.org' },
      ],
      [
        { text: 'c', switchInline: 'q' },
        { text: 'd', copy: 'e' },
      ],
    ],
    {
      _: 'replyInlineMarkup',
      rows: [
        row(
          { _: 'keyboardButtonCallback', text: 'a', data: new Uint8Array([1]) },
          { _: 'keyboardButtonUrl', text: 'b', url: 'https://example.org' },
        ),
        row(
          { _: 'keyboardButtonSwitchInline', text: 'c', query: 'q' },
          { _: 'keyboardButtonCopy', text: 'd', copyText: 'e' },
        ),
      ],
    },
  ],
  [
    'keys',
    [
      ['a', { text: 'b', request: 'phone' }],
      [{ text: 'c', request: 'location' }],
      [{ text: 'd', request: 'poll' }],
    ],
    {
      _: 'replyKeyboardMarkup',
      resize: true,
      rows: [
        row({ _: 'keyboardButton', text: 'a' }, { _: 'keyboardButtonRequestPhone', text: 'b' }),
        row({ _: 'keyboardButtonRequestGeoLocation', text: 'c' }),
        row({ _: 'keyboardButtonRequestPoll', text: 'd' }),
      ],
    },
  ],
  [
    'keys that go once one was pressed',
    { rows: [['a']], once: true, placeholder: 'Choose' },
    {
      _: 'replyKeyboardMarkup',
      resize: true,
      singleUse: true,
      placeholder: 'Choose',
      rows: [row({ _: 'keyboardButton', text: 'a' })],
    },
  ],
  ['no keys any more', 'remove', { _: 'replyKeyboardHide' }],
  ['a reply', 'forceReply', { _: 'replyKeyboardForceReply' }],
  ['a TL value', { _: 'replyKeyboardHide', selective: true }, { _: 'replyKeyboardHide', selective: true }],
  [
    'a TL value of one button',
    [[{ _: 'keyboardButtonGame', text: 'Play' }]],
    { _: 'replyInlineMarkup', rows: [row({ _: 'keyboardButtonGame', text: 'Play' })] },
  ],
]

for (const [what, buttons, markup] of MARKUPS) {
  test(`${what} become what the call takes`, () => assert.deepEqual(replyMarkupOf(buttons), markup))
}

test('a value that is no button is refused in words', () => {
  for (const button of [5, null, undefined, {}]) {
    const refused = { code: 'BUTTONS_INVALID', message: /takes rows of buttons/ }
    assert.throws(() => replyMarkupOf([[button as never]]), refused, String(button))
  }
})
