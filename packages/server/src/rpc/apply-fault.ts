import { RpcError } from '@cablegram/mtproto'
import { machineTimer, type StartTimer } from '../ground/clock.ts'
import type { DifferenceFault, Fault } from './faults.ts'

/** The waits of faults. */
export class Delays {
  readonly #startTimer: StartTimer
  readonly #ends = new Set<() => void>()

  constructor(startTimer: StartTimer = machineTimer) {
    this.#startTimer = startTimer
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        cancel()
        this.#ends.delete(end)
        resolve()
      }
      const cancel = this.#startTimer(end, ms)
      this.#ends.add(end)
    })
  }

  /** Ends all waits, because the server stops. */
  end(): void {
    for (const end of [...this.#ends]) end()
  }
}

/** A serialized answer. */
export interface Answer {
  readonly body: Uint8Array
  /** The end of it, in pieces: bytes of a file, which are not copied into the body. */
  readonly rest?: readonly Uint8Array[] | undefined
}

/** The outcome of a request: an answer, or none. */
export type Outcome =
  | (Answer & {
      readonly kind: 'answered'
      /** It has bytes of a file, which are neither packed nor kept. */
      readonly isFile?: boolean | undefined
      /** The connection breaks in the middle of it. */
      readonly isCut?: boolean | undefined
      /** To be called once the answer has been handed over: others wait for that. */
      readonly onSent?: (() => void) | undefined
    })
  | {
      readonly kind: 'withheld'
      /** The method has run. */
      readonly wasRun: boolean
      /** It has run, and was not refused. */
      readonly hasSucceeded: boolean
      /** The answer that the client gets instead. */
      readonly instead: Instead | undefined
    }

/** The event that replaces an answer. */
export type Instead =
  | { readonly kind: 'badSalt' }
  | { readonly kind: 'close' }
  | { readonly kind: 'transportError'; readonly code: number }

/** A request that a fault applies to. */
export interface FaultyRequest {
  /** The method's answer. @throws what it was refused with */
  readonly run: () => Promise<Answer>
  /** Told of a refusal that nobody is to hear of. */
  readonly noteRefusal: (error: unknown) => void
  /** Ends the login of the key as AUTH_KEY_DUPLICATED does. @throws {RpcError} that */
  refuseDuplicate(): Promise<never>
  readonly delays: Pick<Delays, 'wait'>
}

const SEE_OTHER = 303

/**
 * Applies a fault to a request.
 * @throws {RpcError} what is to be answered instead
 */
export async function applyFault(fault: Fault, request: FaultyRequest): Promise<Outcome> {
  const { delayMs } = fault
  if (delayMs !== undefined) await request.delays.wait(delayMs)
  if (fault.error !== undefined) throw new RpcError(fault.error.code, fault.error.type)
  if (fault.fileDc !== undefined) throw new RpcError(SEE_OTHER, `FILE_MIGRATE_${fault.fileDc}`)
  if (fault.duplicateKey === true) return await request.refuseDuplicate()
  const instead = insteadOf(fault)
  if (fault.drop === true) {
    return { kind: 'withheld', wasRun: true, hasSucceeded: await succeeds(request), instead }
  }
  if (instead === undefined) return { ...(await request.run()), kind: 'answered', isCut: fault.cut === true }
  return { kind: 'withheld', wasRun: false, hasSucceeded: false, instead }
}

async function succeeds({ run, noteRefusal }: FaultyRequest): Promise<boolean> {
  try {
    await run()
    return true
  } catch (error) {
    noteRefusal(error)
    return false
  }
}

function insteadOf({ transport, close, badSalt }: Fault): Instead | undefined {
  if (transport !== undefined) return { kind: 'transportError', code: transport }
  if (close === true) return { kind: 'close' }
  return badSalt === true ? { kind: 'badSalt' } : undefined
}

/**
 * The part of a fault for a difference that the answer shows.
 *
 * @throws {RpcError} PERSISTENT_TIMESTAMP_INVALID, PERSISTENT_TIMESTAMP_OUTDATED where the fault refuses it
 */
export function cutDifference(fault: DifferenceFault | undefined): 'tooLong' | 'slice' | undefined {
  if (fault === 'invalid') throw new RpcError(400, 'PERSISTENT_TIMESTAMP_INVALID')
  if (fault === 'outdated') throw new RpcError(500, 'PERSISTENT_TIMESTAMP_OUTDATED')
  return fault
}
