/** The computations of a server's exchange, apart from its messages, so that another thread can do them. */
import { decryptRsaBlock, openRsaBlock, type RsaPrivateKey } from '../crypto/index.ts'
import type { ExchangeResult, ExchangeTask, Random } from '../machine.ts'
import { computeServerKey, makeServerDh, type ServerDh } from './big-numbers.ts'

/** A task that opens req_DH_params. */
export type OpenParams = Extract<ExchangeTask, { kind: 'openParams' }>
/** The result of opening req_DH_params. */
export type ParamsOpened = Extract<ExchangeResult, { kind: 'openParams' }>
/** A task that makes the key. */
export type MakeKey = Extract<ExchangeTask, { kind: 'makeKey' }>
/** The result of making a key. */
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

/** Decrypts the inner data of req_DH_params, and makes a g^a if it is valid. */
export function openParams(
  { rsaKey, encryptedData }: OpenParams,
  rsaKeys: readonly RsaPrivateKey[],
  random: Random,
  makeDh: (random: Random) => ServerDh = makeServerDh,
): ParamsOpened {
  const key = rsaKeys[rsaKey]
  const block = key && decryptRsaBlock(key, encryptedData)
  // For a block of nonsense no further work is done.
  const dh = block && openRsaBlock(block) ? makeDh(random) : undefined
  return { kind: 'openParams', block, dh }
}

/** (g^b)^a of a g^b that has been checked. */
export function makeKey({ a, gB }: MakeKey): KeyComputed {
  return { kind: 'makeKey', key: computeServerKey(a, gB) }
}
