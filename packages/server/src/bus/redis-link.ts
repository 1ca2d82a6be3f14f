import { UsageError } from '@cablegram/tl'
import type { createClient } from '@redis/client'
import type { StartTimer } from '../ground/clock.ts'
import { within } from './within.ts'

/** Options of a link. */
export interface LinkOptions {
  readonly url: string
  readonly channel: string
  readonly startTimer: StartTimer
  readonly onMessage: (message: string) => void
  /** Called once, when the link has broken by itself. */
  readonly onLost: (error: unknown) => void
}

/** Two connections to Redis: one publishes, the other is subscribed. A link that is lost is not mended. */
export interface Link {
  /** Rejects if Redis has not taken the message. */
  publish(message: string): Promise<void>
  close(): void
}

type Client = ReturnType<typeof createClient>

const CONNECT_TIMEOUT_MS = 5_000
/** A Redis that is held takes connections and answers nothing. */
const OPEN_WITHIN_MS = 6_000
/** Messages that Redis has not taken yet; one more is refused. */
const MAX_WAITING = 1_000

/** @throws {UsageError} BUS_UNAVAILABLE */
export async function loadClient(): Promise<typeof createClient> {
  try {
    return (await import('@redis/client')).createClient
  } catch (cause) {
    throw new UsageError(
      'BUS_UNAVAILABLE',
      'The bus needs the package @redis/client, which is not installed: npm install @redis/client@6.',
      { cause },
    )
  }
}

/** Connects and subscribes. Rejects with the client's error, and leaves nothing open. */
export async function openLink(create: typeof createClient, options: LinkOptions): Promise<Link> {
  const { url, channel, startTimer, onMessage, onLost } = options
  let isOver = false
  const clients: Client[] = []

  function close(): void {
    if (isOver) return
    isOver = true
    for (const client of clients) if (client.isOpen) client.destroy()
  }

  function make(): Client {
    const client: Client = create({
      url,
      // The oldest protocol: Redis 7.0 and Valkey speak it, and subscribing needs no more.
      RESP: 2,
      disableOfflineQueue: true,
      disableClientInfo: true,
      maintNotifications: 'disabled',
      commandsQueueMaxLength: MAX_WAITING,
      socket: { connectTimeout: CONNECT_TIMEOUT_MS, reconnectStrategy: false },
    })
    client.on('error', (error: unknown) => {
      if (isOver) return
      close()
      onLost(error)
    })
    clients.push(client)
    return client
  }

  const [publisher, subscriber] = [make(), make()]
  async function subscribe(): Promise<void> {
    await Promise.all([publisher.connect(), subscriber.connect()])
    await subscriber.subscribe(channel, onMessage)
  }
  try {
    await within(subscribe(), OPEN_WITHIN_MS, startTimer)
  } catch (error) {
    close()
    throw error
  }
  return {
    async publish(message) {
      await publisher.publish(channel, message)
    },
    close,
  }
}
