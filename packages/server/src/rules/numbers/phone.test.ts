import assert from 'node:assert/strict'
import { test } from 'node:test'
import { randomDigits } from '../../ground/random.ts'
import { seededRandom } from '../test-world.ts'
import { networkOf, siteOf } from './network.ts'
import { checkPhone, homeDc } from './phone.ts'

const SETTINGS = { phoneInvalidCode: 406, numbers: 'assigned', testNumbers: true } as const

test('a number is its digits, however it is written', () => {
  for (const text of ['+1 (415) 555-2671', '14155552671', '+1.415.555.2671']) {
    assert.equal(checkPhone(text, SETTINGS), '14155552671')
  }
})

test('test numbers and +888 are accepted although no country assigns them', () => {
  for (const digits of ['9996611234', '9996639999', '88801234567', '8888888']) {
    assert.equal(checkPhone(`+${digits}`, SETTINGS), digits)
  }
})

test('a number that no country assigns is refused', () => {
  for (const text of ['+1415555267', '+999662', '+99966212345', '+888', 'abc', '+4404415555267']) {
    assert.throws(() => checkPhone(text, SETTINGS), { message: 'PHONE_NUMBER_INVALID' }, text)
  }
})

const FICTIONAL = [
  ['+1 555 0100', false],
  ['+1 212 555 0123', true],
  ['+1 555 555 0199', true],
  ['+44 7700 900123', true],
  ['+44 20 7946 0958', true],
  ['+61 491 570 006', true],
  ['+33 1 99 00 12 34', true],
  ['+49 30 23125 123', true],
  ['+46 70 1740605', true],
  ['+353 20 910 1234', true],
  ['+86 100 0000 0000', true],
  ['+91 00000 00000', false],
  ['+999 123 4567', false],
  ['+1 555', false],
  ['+44 0 7700 900123', false],
] as const

for (const [text, isPossible] of FICTIONAL) {
  test(`the box ${isPossible ? 'accepts' : 'refuses'} ${text}`, () => {
    const check = () => checkPhone(text, { ...SETTINGS, numbers: 'possible' })
    if (isPossible) assert.equal(check(), text.replace(/\D/g, ''))
    else assert.throws(check, { message: 'PHONE_NUMBER_INVALID' })
  })
}

test('fictional numbers are refused with strict limits', () => {
  for (const text of ['+1 555 555 0199', '+44 7700 9001', '+33 1 99 00 12']) {
    assert.throws(() => checkPhone(text, SETTINGS), { message: 'PHONE_NUMBER_INVALID' }, text)
  }
})

test('test numbers are refused if the operator turns them off', () => {
  for (const numbers of ['possible', 'assigned'] as const) {
    const check = () => checkPhone('+9996621234', { ...SETTINGS, numbers, testNumbers: false })
    assert.throws(check, { message: 'PHONE_NUMBER_INVALID' })
  }
})

test('only test numbers have a home by their digits, and only among several data centres', () => {
  assert.equal(homeDc('9996631234', 1, 3), undefined)
  assert.equal(homeDc('9996631234', 3, 1), 3)
  assert.equal(homeDc('9996631234', 2, 2), 1)
  assert.equal(homeDc('14155552671', 3, undefined), undefined)
  assert.equal(homeDc('14155552671', 3, 2), 2)
  assert.equal(homeDc('14155552671', 3, 4), 1)
})

test('an address counts as itself, and an IPv6 address as its /64, however it is written', () => {
  assert.equal(networkOf('192.0.2.7'), '192.0.2.7')
  assert.equal(networkOf('::ffff:192.0.2.7'), '192.0.2.7')
  assert.equal(networkOf('::ffff:c000:207'), '192.0.2.7')
  assert.equal(networkOf('0:0:0:0:0:FFFF:192.0.2.7'), '192.0.2.7')
  assert.equal(networkOf('2001:db8::1'), '2001:db8:0:0::/64')
  assert.equal(networkOf('2001:0db8:0000:0000:ffff::9'), '2001:db8:0:0::/64')
  assert.equal(networkOf('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64')
  assert.equal(networkOf('fe80::1%eth0'), 'fe80:0:0:0::/64')
  assert.equal(networkOf('::1'), '0:0:0:0::/64')
})

test('every digit is about equally frequent', () => {
  const random = seededRandom('digits')
  const counts = new Map<string, number>()
  for (let i = 0; i < 2000; i++) {
    for (const digit of randomDigits(random, 5)) counts.set(digit, (counts.get(digit) ?? 0) + 1)
  }
  assert.equal(counts.size, 10)
  for (const [digit, count] of counts) assert.ok(count > 850 && count < 1150, `${digit}: ${count}`)
})

test('the networks of an IPv6 /48 share a beginning that no other network has', () => {
  const rows: readonly (readonly [ip: string, site: string | undefined])[] = [
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:'],
    ['2001:0DB8:0001:ffff::1', '2001:db8:1:'],
    ['2001:db8:10::1', '2001:db8:10:'],
    ['2001:db8::1', '2001:db8:0:'],
    ['fe80::1%eth0', 'fe80:0:0:'],
    ['203.0.113.9', undefined],
    ['::ffff:203.0.113.9', undefined],
    ['::ffff:cb00:7109', undefined],
  ]
  for (const [ip, site] of rows) assert.equal(siteOf(ip), site, ip)
})
