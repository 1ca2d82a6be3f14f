import {
  createServerMachine,
  type Random,
  type ServerInput,
  type ServerMachineOptions,
  type SessionRef,
} from '@cablegram/mtproto'
import type { Logger } from 'pino'
import type { Domain } from '../domain/index.ts'
import type { Bus } from '../ports.ts'
import { Dispatcher } from './dispatch.ts'
import { Driver } from './driver.ts'
import { createKeyPort } from './key-port.ts'
import { LayerCodecs } from './layer-codecs.ts'
import { listen } from './listener.ts'
import { Subscribers } from './subscribers.ts'

/** What a gateway serves, and where. */
export interface GatewayOptions {
  readonly host: string
  /** 0 takes any free one. */
  readonly port: number
  /** The address clients are told, where it is not the one they reached us at. */
  readonly advertise: string | undefined
  readonly domain: Domain
  readonly bus: Bus
  readonly rsaKeys: ServerMachineOptions['rsaKeys']
  /** 32 bytes. */
  readonly saltSecret: Uint8Array
  readonly random: Random
  readonly logger: Logger
}

/** MTProto clients' way in. */
export interface Gateway {
  readonly port: number
  /** The rules' clock is this far ahead of the wall clock. */
  setClockAhead(aheadMs: number): void
  /** Takes no more connections, answers what is in flight, flushes and closes. */
  close(timeoutMs: number): Promise<void>
}

const MAX_CONNECTIONS = 10_000

/** Listens, with the protocol machine behind every connection. */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { host, advertise, domain, bus, rsaKeys, saltSecret, random, logger } = options
  const nowMs = Date.now
  let port = options.port
  const addressFor = ({ localIp }: { localIp: string }) => ({ ip: advertise ?? localIp, port })
  const codecs = new LayerCodecs()
  const subscribers = new Subscribers(domain.accounts, codecs)
  const dispatcher = new Dispatcher({ domain, nowMs, addressFor, codecs, subscribers, logger })
  const input = (step: ServerInput): void => driver.input(step)
  const forget = (authKeyId: bigint): void => input({ kind: 'dropKey', authKeyId, reason: 'unknown' })
  const driver = new Driver({
    machine: createServerMachine({ random, rsaKeys, saltSecret }),
    nowMs,
    keys: createKeyPort(domain, forget),
    run: (request) => dispatcher.run(request),
    logger,
  })
  domain.tempKeys.onEvicted(forget)
  const unsubscribe = bus.subscribe('userUpdate', (event) => {
    const push = (session: SessionRef, body: Uint8Array) => input({ kind: 'push', session, body })
    subscribers
      .tell(event, Math.floor(nowMs() / 1000), push)
      .catch((error: unknown) => logger.error({ err: error }, 'update not sent'))
  })
  const listener = await listen(
    { host, port, maxConnections: MAX_CONNECTIONS },
    (socket) => driver.accept(socket),
    (error) => logger.error({ err: error }, 'connection not accepted'),
  )
  port = listener.port
  return {
    port,
    setClockAhead: (aheadMs) => input({ kind: 'rulesClock', aheadMs }),
    async close(timeoutMs) {
      unsubscribe()
      listener.stop()
      await driver.close(timeoutMs)
      await listener.closed
    },
  }
}
