import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accountState } from './account-state.ts'
import { memoryState } from './memory-state.ts'

test('each account that signs in on a session has a state of its own', async () => {
  let userId: bigint | undefined = 1n
  const state = accountState(memoryState(), async () => userId)
  await state.write(new Map([['updates', 'of 1']]))
  userId = 2n
  assert.equal(await state.get('updates'), undefined)
  await state.write(new Map([['updates', 'of 2']]))
  userId = undefined
  assert.equal(await state.get('updates'), undefined)
  userId = 1n
  assert.equal(await state.get('updates'), 'of 1')
})

test('the part of one account stays that of the account, whoever signs in meanwhile', async () => {
  let userId: bigint | undefined = 1n
  const state = accountState(memoryState(), async () => userId)
  const ofOne = state.of(1n)
  userId = 2n
  await ofOne.write(new Map([['updates', 'of 1']]))
  assert.equal(await state.get('updates'), undefined)
  userId = 1n
  assert.equal(await state.get('updates'), 'of 1')
})
