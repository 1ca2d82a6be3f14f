import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultRules, isAllowed, rulesToText, textToRules } from './privacy-rules.ts'
import type { PrivacyRule, Stranger } from './words.ts'

const STRANGER: Stranger = { userId: 7n, isBot: false, isContact: false, chatIds: new Set() }
const ALL: PrivacyRule = { isAllowed: true, whom: 'all' }
const NONE: PrivacyRule = { isAllowed: false, whom: 'all' }
const CONTACTS: PrivacyRule = { isAllowed: true, whom: 'contacts' }
const named = (isAllowed: boolean, ...userIds: bigint[]): PrivacyRule => ({
  isAllowed,
  whom: 'users',
  userIds,
})
const group = (isAllowed: boolean, ...chatIds: bigint[]): PrivacyRule => ({
  isAllowed,
  whom: 'chats',
  chatIds,
})

test('the first rule about a person counts', () => {
  assert.equal(isAllowed([named(false, 7n), ALL], STRANGER), false)
  assert.equal(isAllowed([ALL, named(false, 7n)], STRANGER), true)
  assert.equal(isAllowed([named(true, 8n), NONE], STRANGER), false)
  assert.equal(isAllowed([named(true, 7n), NONE], STRANGER), true)
  assert.equal(isAllowed([CONTACTS, NONE], { ...STRANGER, isContact: true }), true)
})

test('whom no rule is about may not', () => {
  assert.equal(isAllowed([CONTACTS], STRANGER), false)
  assert.equal(isAllowed([named(false, 8n)], STRANGER), false)
  assert.equal(isAllowed([{ isAllowed: true, whom: 'closeFriends' }], STRANGER), false)
})

test('rules about groups concern their members, and rules about bots concern bots', () => {
  const member = { ...STRANGER, chatIds: new Set([3n]) }
  assert.equal(isAllowed([group(true, 3n), NONE], member), true)
  assert.equal(isAllowed([group(true, 3n), NONE], STRANGER), false)
  assert.equal(isAllowed([group(false, 3n), ALL], member), false)
  const bots: PrivacyRule = { isAllowed: true, whom: 'bots' }
  assert.equal(isAllowed([bots, NONE], { ...STRANGER, isBot: true }), true)
  assert.equal(isAllowed([bots, NONE], STRANGER), false)
})

test('the number is for contacts until its owner says otherwise, a status for everybody', () => {
  assert.deepEqual(defaultRules('phone'), [CONTACTS])
  assert.deepEqual(defaultRules('status'), [ALL])
})

test('rules come back from the store as they went there', () => {
  const rules = [named(true, 1n, 2n ** 40n), group(false, 5n), CONTACTS, NONE]
  assert.deepEqual(textToRules(rulesToText(rules)), rules)
})
