import assert from 'node:assert/strict'
import { it } from 'node:test'
import { encode } from '@cablegram/tl/api'
import { countriesList } from './countries.ts'
import { expandDigits } from './digit-pattern.ts'
import { isConstantAnswer } from './handler.ts'

it('lists the countries with calling codes, and with prefixes if they share a code', () => {
  const { countries, hash } = countriesList('en')
  const find = (iso2: string) => countries.find((country) => country.iso2 === iso2)
  assert.deepEqual(find('DE')?.countryCodes, [{ _: 'help.countryCode', countryCode: '49' }])
  assert.deepEqual(find('BS')?.countryCodes, [{ _: 'help.countryCode', countryCode: '1', prefixes: ['242'] }])
  assert.equal(find('DE')?.defaultName, 'Germany')
  assert.equal(find('DE')?.name, undefined)
  assert.notEqual(hash, 0)
  assert.ok(encode('help.CountriesList', countriesList('en')).length > 10_000)
})

it('adds the names in the requested language', () => {
  const germany = countriesList('de').countries.find((country) => country.iso2 === 'DE')
  assert.equal(germany?.name, 'Deutschland')
  assert.notEqual(countriesList('de').hash, countriesList('en').hash)
  assert.equal(countriesList('de-AT'), countriesList('de'))
})

it('falls back to English for an invalid language', () => {
  for (const language of ['', 'no such language', '../..', 'x'.repeat(1000)]) {
    assert.equal(countriesList(language), countriesList('en'), language)
  }
})

it('expands patterns of digits', () => {
  assert.deepEqual(expandDigits('242'), ['242'])
  assert.deepEqual(expandDigits('74576|(?:16|7[56])24'), ['74576', '1624', '7524', '7624'])
  assert.deepEqual(expandDigits('[13-5]'), ['1', '3', '4', '5'])
  assert.equal(expandDigits('8\\d').length, 10)
})

it('gives the same constant list until many other languages have been requested', () => {
  const english = countriesList('en')
  assert.ok(isConstantAnswer(english))
  const languages = Intl.DisplayNames.supportedLocalesOf(['de', 'fr', 'it', 'es'])
  for (const language of languages) countriesList(language)
  assert.equal(countriesList('en'), english)
})
