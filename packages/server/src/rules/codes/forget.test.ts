import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countFailuresIn } from '../../database/contract/test-codes.ts'
import type { StartTimer } from '../../ground/clock.ts'
import { signInWithCode } from '../logins/sign-in.ts'
import { createWorld } from '../test-world.ts'
import { startForgetting } from './forget.ts'

const PHONE = '9996621234'
const DAY_MS = 86_400_000

test('wrong guesses, sends and codes are deleted once no rule needs them, until it is stopped', async () => {
  const { rules, store, clock, caller, sendCode, inbox } = await createWorld()
  const timers: { readonly ms: number; readonly run: () => unknown }[] = []
  const startTimer: StartTimer = (run, ms) => {
    timers.push({ run, ms })
    return () => void timers.splice(0)
  }
  const stop = startForgetting({ ...rules, startTimer })
  const tick = async (): Promise<number | undefined> => {
    const timer = timers.shift()
    timer?.run()
    // The run is a decision: the next one of the store comes after it.
    while (timers.length === 0) await store.decide(function* () {})
    return timer?.ms
  }
  const asking = await caller()
  const { phoneCodeHash } = await sendCode(asking, PHONE)
  const wrong = signInWithCode(rules, asking, { phoneNumber: PHONE, phoneCodeHash, phoneCode: '1' })
  await assert.rejects(wrong, { message: 'PHONE_CODE_INVALID' })
  clock.advance(DAY_MS - 1)
  assert.equal(await tick(), 60_000)
  assert.equal(await countFailuresIn(store, PHONE, 0), 1, 'a rule may still count it')
  clock.advance(2)
  await tick()
  assert.equal(await countFailuresIn(store, PHONE, 0), 0)
  assert.equal((await inbox.list(PHONE)).length, 1, 'the inbox keeps the newest, however old')
  stop()
  assert.equal(timers.length, 0)
})
