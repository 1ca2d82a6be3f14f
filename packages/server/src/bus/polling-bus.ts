import type { StartTimer } from '../ground/clock.ts'
import { type Bus, createBus } from './bus.ts'
import { startPolling } from './polling.ts'

/**
 * The bus of a node that shares a database with others and hears nothing of them: its listeners look at the store every
 * two seconds.
 */
export function createPollingBus(onListenerError?: (error: unknown) => void, startTimer?: StartTimer): Bus {
  const local = createBus(onListenerError)
  const stop = startPolling(() => local.publish([{ kind: 'anything' }]), startTimer)
  return {
    publish: (nudges) => local.publish(nudges),
    subscribe: (listener) => local.subscribe(listener),
    health: () => ({ kind: 'polling' }),
    async close() {
      stop()
    },
  }
}
