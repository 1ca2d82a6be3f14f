/** What an exchange of the server computes, apart from its messages: another thread may do it. */
import { decryptRsaBlock, openRsaBlock, type RsaPrivateKey } from '../crypto/index.ts'
import type { ExchangeResult, ExchangeTask, Random } from '../machine.ts'
import { computeServerKey, makeServerDh, type ServerDh } from './big-numbers.ts'

/** A task that opens req_DH_params. */
export type OpenParams = Extract<ExchangeTask, { kind: 'openParams' }>
/** What came of it. */
export type ParamsOpened = Extract<ExchangeResult, { kind: 'openParams' }>
/** A task that makes the key. */
export type MakeKey = Extract<ExchangeTask, { kind: 'makeKey' }>
/** What came of that. */
export type KeyComputed = Extract<ExchangeResult, { kind: 'makeKey' }>

/**
 * Does a task.
 *
 * @param rsaKeys in the order of the machine's option
 * @param makeDh where a fresh g^a comes from: it can be made ahead
 */
export function computeExchange(
  task: ExchangeTask,
  rsaKeys: readonly RsaPrivateKey[],
  random: Random,
  makeDh?: (random: Random) => ServerDh,
): ExchangeResult {
  return task.kind === 'openParams' ? openParams(task, rsaKeys, random, makeDh) : makeKey(task)
}

/** Takes RSA off the inner data of req_DH_params, and where it is some makes a g^a. */
export function openParams(
  { rsaKey, encryptedData }: OpenParams,
  rsaKeys: readonly RsaPrivateKey[],
  random: Random,
  makeDh: (random: Random) => ServerDh = makeServerDh,
): ParamsOpened {
  const key = rsaKeys[rsaKey]
  const block = key && decryptRsaBlock(key, encryptedData)
  // Whoever sends nonsense gets no more work out of us than it takes to see that.
  const dh = block && openRsaBlock(block) ? makeDh(random) : undefined
  return { kind: 'openParams', block, dh }
}

/** (g^b)^a of a g^b that has been checked. */
export function makeKey({ a, gB }: MakeKey): KeyComputed {
  return { kind: 'makeKey', key: computeServerKey(a, gB) }
}
