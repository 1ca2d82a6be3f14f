import { RpcError } from '@cablegram/mtproto'
import { randomBelow, randomDigits } from '../../ground/random.ts'
import { lowestNumberBetween } from '../../rules/accounts/decide-test-numbers.ts'
import type { OnConsole } from '../on-console.ts'

/** Test numbers of data centre 2. Tests that choose numbers begin with the low ones: these are given from the end. */
const [FIRST, LAST] = [9_996_625_000, 9_996_629_999]
const MAX_TRIES = 20

/** Makes something with a test number that nobody has. */
export async function withTestNumber<T>(on: OnConsole, make: (phone: string) => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await make(`+${await testNumber(on, tried)}`)
    } catch (error) {
      const isTaken = error instanceof RpcError && error.message === 'PHONE_NUMBER_OCCUPIED'
      if (!isTaken || tried === MAX_TRIES) throw error
    }
  }
}

/** The next number below those in use; where others take it at the same time, any. */
async function testNumber({ store, random }: OnConsole, tried: number): Promise<number> {
  const lowest = await store.look(() => lowestNumberBetween(String(FIRST), String(LAST)))
  const next = lowest === undefined ? LAST : Number(lowest) - 1
  return tried === 1 && next >= FIRST ? next : FIRST + randomBelow(random, LAST - FIRST + 1)
}

const MAX_BEGIN = 16

/** The name of a bot that was given none. */
export function madeUpBotName({ random }: OnConsole, firstName: string): string {
  const letters = firstName.toLowerCase().replace(/[^a-z]/g, '')
  const begin = letters === '' ? 'test' : letters.slice(0, MAX_BEGIN)
  return `${begin}_${randomDigits(random, 6)}_bot`
}
