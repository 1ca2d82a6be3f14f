import { DH_PRIME, makeNewPassword, provePassword } from '@cablegram/mtproto/crypto'
import type { Caller } from '../ground/caller.ts'
import type { SentPassword } from './passwords/new-password.ts'
import type { PasswordAnswer } from './passwords/password-proofs.ts'
import type { PasswordInfo } from './passwords/passwords.ts'
import { getPasswordInfo, updatePassword } from './passwords/passwords.ts'
import { seededRandom, type World } from './test-world.ts'

/** Entropy of the clients in tests of passwords. */
const random = seededRandom('client')

/** A client's answer to the question. */
export function answerTo({ asked }: PasswordInfo, password: string): PasswordAnswer | undefined {
  if (asked === undefined) return undefined
  return { srpId: asked.srpId, ...provePassword(password, asked.algo, asked.srpB, random) }
}

/** An answer that is wrong, and takes no time to make. */
export function wrongAnswer({ asked }: PasswordInfo): PasswordAnswer {
  return { srpId: asked?.srpId ?? 0n, a: DH_PRIME.slice().fill(1, 200), m1: random(32) }
}

/** A new password as a client sends it. */
export function newPassword({ newAlgo }: PasswordInfo, password: string, hint = ''): SentPassword {
  const { algo, hash } = makeNewPassword(password, newAlgo, random)
  return { ...algo, hash, hint }
}

/** Asks, and answers with this password. */
export async function giveTo(
  world: World,
  caller: Caller,
  password: string,
): Promise<PasswordAnswer | undefined> {
  return answerTo(await getPasswordInfo(world.rules, caller), password)
}

/** A signed-in caller whose account has this password. */
export async function withPassword(world: World, phone: string, password: string): Promise<Caller> {
  const caller = await world.caller()
  await world.signIn(caller, phone)
  const owner = await world.again(caller)
  const info = await getPasswordInfo(world.rules, owner)
  const update = { password: newPassword(info, password, 'a hint'), email: undefined }
  await updatePassword(world.rules, owner, undefined, update)
  return owner
}

/** A key of its own whose first factor was right. */
export async function pendingCaller(world: World, phone: string): Promise<Caller> {
  const caller = await world.caller()
  await world.signIn(caller, phone).catch((error: unknown) => {
    if (!(error instanceof Error) || !error.message.includes('SESSION_PASSWORD_NEEDED')) throw error
  })
  return await world.again(caller)
}
