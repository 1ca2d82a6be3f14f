import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digitsIn, plainText } from './typed-text.ts'

/** Inputs of people and of what they paste from, as code points for invisible marks. */
const DIGITS: readonly (readonly [name: string, typed: string, digits: string])[] = [
  ['plain', '22222', '22222'],
  ['Arabic-Indic', '٢٢٢٢٢', '22222'],
  ['Persian', '۱۲۳۴۵', '12345'],
  ['Devanagari', '१२३४५', '12345'],
  ['Bengali', '০১২৩৪', '01234'],
  ['Thai', '๖๗๘๙๐', '67890'],
  ['full width', '１２３４５', '12345'],
  ['mathematical, bold and double-struck', '𝟏𝟐𝟛𝟜𝟝', '12345'],
  ['N’Ko, written from the right', '߁߂߃', '123'],
  ['keycaps', '1️⃣2️⃣3️⃣', '123'],
  ['circled', '①②③', '123'],
  ['mixed scripts', '1٢३4５', '12345'],
  ['direction marks around', '\u200e\u202a12345\u202c\u200f', '12345'],
  ['zero-width spaces between', '1\u200b2\u200c3\u200d4\u20605', '12345'],
  ['a byte order mark before', '\ufeff12345', '12345'],
  ['soft hyphens', '12\u00ad345', '12345'],
  ['spaces that do not break', '12\u00a03\u202f45', '12345'],
  ['a dot after it', '12345.', '12345'],
  ['an ideographic full stop after it', '12345。', '12345'],
  ['tags and fillers', '1\u{e0031}2\u31643', '123'],
  ['a phone number as a book writes it', '+٩٩٩ ٦٦ ٢‑١٢٣٤', '9996621234'],
]

for (const [name, typed, digits] of DIGITS) {
  test(`the digits of a text: ${name}`, () => assert.equal(digitsIn(typed), digits))
}

test('letters, words and line breaks stay', () => {
  assert.equal(plainText('one two\nthree'), 'one two\nthree')
  assert.equal(plainText('ｏｎｅ\u200b ٢'), 'one 2')
})
