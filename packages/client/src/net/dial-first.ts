import { ConnectionError } from '@cablegram/mtproto'
import type { Clock } from './clock.ts'
import type { OpenSockets } from './open-sockets.ts'
import type { Address, Dial, Transport, TransportEvents } from './transport.ts'

/** How long one address has for itself before the next one is tried beside it (RFC 8305, section 5). */
const NEXT_ADDRESS_MS = 250

/** An open transport, and the address that answered. */
export interface Dialled {
  readonly transport: Transport
  readonly address: Address
}

/** Parts that dialling takes. */
export interface DialParts {
  readonly dial: Dial
  readonly clock: Clock
  readonly sockets?: OpenSockets | undefined
}

/**
 * Dials the addresses of one data centre, each a little later than the one before, or as soon as that one has failed.
 * The first to answer is taken; the others are given up.
 *
 * @throws the error of the only address; of several, what a server answered, or else the first error
 */
export function dialFirst(
  addresses: readonly Address[],
  { dial, clock, sockets }: DialParts,
  events: TransportEvents,
  signal: AbortSignal,
): Promise<Dialled> {
  return new Promise((resolve, reject) => {
    const attempts = new Set<AbortController>()
    const errors: unknown[] = []
    let started = 0
    let isOver = false
    let cancelTimer = () => {}
    const end = (reason: unknown) => {
      isOver = true
      cancelTimer()
      signal.removeEventListener('abort', onAbort)
      for (const attempt of attempts) attempt.abort(reason)
    }
    const onAbort = () => {
      end(signal.reason)
      reject(signal.reason)
    }
    const onFailed = (error: unknown) => {
      if (isOver) return
      errors.push(error)
      if (started < addresses.length) start()
      else if (errors.length === addresses.length) {
        end(error)
        reject(mostTelling(errors))
      }
    }
    const start = () => {
      cancelTimer()
      const address = addresses[started]
      if (!address) return
      started += 1
      if (started < addresses.length) cancelTimer = clock.after(NEXT_ADDRESS_MS, start)
      const attempt = new AbortController()
      attempts.add(attempt)
      const onAnswered = (transport: Transport) => {
        if (isOver) return transport.close()
        attempts.delete(attempt)
        end(new Error('another address answered first'))
        resolve({ transport, address })
      }
      // A dial of the program's own may throw instead of rejecting.
      new Promise<Transport>((done) => done(dial(address, events, attempt.signal, sockets)))
        .finally(() => attempts.delete(attempt))
        .then(onAnswered, onFailed)
    }
    if (addresses.length === 0) return reject(new Error('there is no address to dial'))
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    start()
  })
}

function mostTelling(errors: readonly unknown[]): unknown {
  return errors.find((error) => error instanceof ConnectionError) ?? errors[0]
}

/** The two families of addresses in turn, beginning with the first address: not every network has both. */
export function alternateFamilies<A extends Address>(addresses: readonly A[]): readonly A[] {
  const isFirst = ({ host }: A) => host.includes(':') === addresses[0]?.host.includes(':')
  const first = addresses.filter(isFirst)
  const second = addresses.filter((address) => !isFirst(address))
  return first
    .flatMap((address, i) => [address, ...second.slice(i, i + 1)])
    .concat(second.slice(first.length))
}
