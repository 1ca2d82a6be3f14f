import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  isBlank,
  isBotToken,
  plainBotToken,
  plainCode,
  plainEmail,
  plainPhoneNumber,
  plainWords,
} from './typed.ts'

test('a phone number is sent as plus and ASCII digits, whatever script and marks were pasted', () => {
  const rows: readonly (readonly [string, string])[] = [
    [' +9996621234 ', '+9996621234'],
    ['+٩٩٩٦٦٢١٢٣٤', '+9996621234'],
    ['+۹۹۹۶۶۲۱۲۳۴', '+9996621234'],
    ['+९९९६६२१२३४', '+9996621234'],
    ['＋９９９６６２１２３４', '+9996621234'],
    ['\u202a+999 66 2-12 34\u202c', '+9996621234'],
    ['\ufeff+999\u00a0662\u00a01234.', '+9996621234'],
    ['+999\u200b662\u00ad1234', '+9996621234'],
    ['(+999) 662/12.34', '+9996621234'],
    ['tel:+999-662-1234', '+9996621234'],
    ['9996621234', '9996621234'],
    ['𝟗𝟗𝟗𝟔𝟔𝟐𝟏𝟐𝟑𝟒', '9996621234'],
    [' hello. ', 'hello.'],
    ['+1/+2', '+1/+2'],
    ['', ''],
  ]
  for (const [typed, sent] of rows) assert.equal(plainPhoneNumber(typed), sent, JSON.stringify(typed))
})

test('a code is sent as plain digits, whatever script and marks were pasted', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['٢٢٢٢٢', '22222'],
    ['۲۲۲۲۲', '22222'],
    ['２２２２２', '22222'],
    ['২২২২২', '22222'],
    ['༢༢༢༢༢', '22222'],
    ['𞥒𞥒𞥒𞥒𞥒', '22222'],
    ['2️⃣2️⃣2️⃣2️⃣2️⃣', '22222'],
    ['22222.', '22222'],
    ['22\u2009222\r\n', '22222'],
    ['\u200e2\u200b2\u20602\ufe0f2\u00ad2\u200f', '22222'],
    ['222-22', '22222'],
    ['222–22', '22222'],
    ['“22222”', '22222'],
    ['+49 30 123', '4930123'],
    ['\u200b.', ''],
  ]
  for (const [typed, sent] of rows) assert.equal(plainCode(typed), sent, JSON.stringify(typed))
})

test('a word or a phrase keeps its letters and single spaces', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['  Apple. ', 'Apple'],
    ['“two  words”', 'two words'],
    ['\ufeffone\u00a0two\tthree\u200b', 'one two three'],
    ['می\u200cخواهم', 'می\u200cخواهم'],
    ["it's so-so", "it's so-so"],
    [' \u200e ', ''],
  ]
  for (const [typed, sent] of rows) assert.equal(plainWords(typed), sent, JSON.stringify(typed))
})

test('text pasted around a bot token or an e-mail address is removed', () => {
  for (const typed of ['5:AAF_-x', ' 5:AAF_-x.\n', '`5:AAF_-x`', '5:AAF\u200b_-x', '５：AAF_-x']) {
    assert.equal(plainBotToken(typed), '5:AAF_-x', JSON.stringify(typed))
  }
  assert.deepEqual(['5:AAF_-x', '+1', 'a:b', '5:'].map(isBotToken), [true, false, false, false])
  for (const typed of ['ada@example.org', ' ada@example.org. ', '\u200eada@\u00adexample.org\u00a0']) {
    assert.equal(plainEmail(typed), 'ada@example.org', JSON.stringify(typed))
  }
})

test('every Unicode decimal digit is read as its value', () => {
  const IS_DIGIT = /^\p{Nd}$/u
  let count = 0
  for (let point = 0; point <= 0x10ffff; point += 1) {
    if (point >= 0xd800 && point < 0xe000) continue
    const text = String.fromCodePoint(point)
    if (!IS_DIGIT.test(text)) continue
    assert.equal(plainCode(text), String(count % 10), point.toString(16))
    count += 1
  }
  assert.ok(count >= 650)
})

test('a text is blank only where a reader sees nothing', () => {
  for (const blank of [
    '',
    ' \t\r\n',
    '\u200b\u00ad',
    '\u0000',
    '\ufeff\u200e',
    '\u3164',
    '\u2800',
    '\u{e0020}',
  ]) {
    assert.ok(isBlank(blank), JSON.stringify(blank))
  }
  for (const junk of ['-', '---', '.', '\u200b.', '😀', '\udc00', '\ufffd', '_', '0', 'é']) {
    assert.ok(!isBlank(junk), JSON.stringify(junk))
  }
})
