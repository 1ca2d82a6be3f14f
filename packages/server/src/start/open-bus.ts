import type { Logger } from 'pino'
import { type Bus, createBus } from '../bus/bus.ts'
import { createPollingBus } from '../bus/polling-bus.ts'
import { openRedisBus } from '../bus/redis.ts'
import type { Store } from '../database/store.ts'
import type { Shared } from './shared-options.ts'

/** A bus, and what the list of nodes tells it. */
export interface OpenedBus {
  readonly bus: Bus
  /** To be told of the other nodes that run, by name with their numbers: the bus should hear each of them. */
  readonly setOthers: (numbers: ReadonlyMap<string, number>) => void
}

/**
 * The bus that the options ask for.
 *
 * @param name of this node
 * @throws {UsageError} BUS_INVALID, BUS_UNAVAILABLE, BUS_PASSWORD, BUS_FORBIDDEN, BUS_UNREACHABLE
 */
export async function openBus(
  { postgres, bus: url }: Shared,
  {
    store,
    name,
    logger,
  }: { readonly store: Pick<Store, 'secret'>; readonly name: string; readonly logger: Logger },
): Promise<OpenedBus> {
  const onListenerError = (error: unknown): void => logger.error({ err: error }, 'a listener failed')
  if (postgres === undefined) return { bus: createBus(onListenerError), setOthers: () => {} }
  if (url === undefined) return { bus: createPollingBus(onListenerError), setOthers: () => {} }
  // Servers with another secret that use the same Redis are not heard.
  const channel = `cablegram:${Buffer.from(store.secret.derive('bus channel')).toString('hex', 0, 8)}`
  const bus = await openRedisBus({
    url,
    channel,
    nodeId: name,
    onListenerError,
    onTrouble(trouble) {
      if (trouble === undefined) logger.info('the bus works again')
      else logger.warn(`the bus is in trouble, so this node polls: ${trouble}`)
    },
  })
  return { bus, setOthers: (numbers) => bus.setOthers(numbers) }
}
