import { FaultError, type Gateway, type ShownConnection } from '../gateway/index.ts'
import type { MovableClock } from '../ground/clock.ts'
import { findAccounts } from '../rules/accounts/accounts.ts'
import { listAudit, noteOperator } from '../rules/accounts/audit.ts'
import { findKey } from '../rules/accounts/keys.ts'
import type { AuditEvent as StoredEvent } from '../rules/accounts/words.ts'
import { type Domain, shownDevice } from '../rules/index.ts'
import { digitsIn } from '../typed-text.ts'
import {
  type AuditEvent,
  type Connection,
  ConsoleError,
  type ConsoleServices,
  type NewFault,
} from './index.ts'

/** The audit trail, faults and the clock: what tests and operators look at and turn. */
export function createFaultServices(parts: {
  readonly domain: Domain
  readonly gateway: Gateway
  readonly clock: MovableClock
  readonly advanceClock: (ms: number) => Promise<void>
  /** True if the clock may be moved. */
  readonly testClock: boolean
}): Pick<ConsoleServices, 'audit' | 'faults' | 'connections' | 'clock'> {
  const { domain, gateway, clock, advanceClock, testClock } = parts
  return {
    audit: {
      async list({ userId, limit = AUDIT_LIMIT, ...filter } = {}) {
        const query = {
          ...filter,
          phone: filter.phone === undefined ? undefined : digitsIn(filter.phone),
          limit,
        }
        const events = await listAudit(domain, {
          ...query,
          userId: userId === undefined ? undefined : BigInt(userId),
        })
        return events.map(describeEvent)
      },
      note: (what) => noteOperator(domain, what),
    },
    faults: {
      list: () => gateway.faults.list(),
      add: (fault) => ({ id: addFault(gateway, fault) }),
      remove: (id) => gateway.faults.remove(id),
      clear: () => gateway.faults.clear(),
      settled: () => gateway.faults.settled(),
    },
    connections: () =>
      Promise.all(gateway.connections().map((connection) => describeConnection(connection, domain))),
    clock: {
      state: () => ({
        testClock,
        nowS: Math.floor(clock.nowMs() / 1000),
        aheadS: clock.aheadMs / 1000,
      }),
      async advance(seconds) {
        if (!testClock) throw new ConsoleError(409, 'TEST_CLOCK_OFF', ...CLOCK_IS_REAL)
        await advanceClock(seconds * 1000)
      },
    },
  }
}

const AUDIT_LIMIT = 100

function describeEvent({ atMs, phone, userId, ...event }: StoredEvent): AuditEvent {
  return {
    ...event,
    atS: Math.floor(atMs / 1000),
    phone: phone && `+${phone}`,
    userId: userId === undefined ? undefined : Number(userId),
  }
}

function addFault({ faults }: Gateway, fault: NewFault): number {
  try {
    return faults.add(fault)
  } catch (error) {
    if (!(error instanceof FaultError)) throw error
    throw new ConsoleError(
      error.code === 'TOO_MANY_FAULTS' ? 409 : 400,
      error.code,
      error.message,
      error.next,
    )
  }
}

const CLOCK_IS_REAL = [
  'The clock of this server cannot be moved.',
  'Start the server with --test-clock (testClock in a program).',
] as const

async function describeConnection(
  { id, ip, transport, dcId, openedAtMs, authKeyId }: ShownConnection,
  domain: Domain,
): Promise<Connection> {
  const permAuthKeyId =
    authKeyId === undefined ? undefined : (domain.tempKeys.find(authKeyId)?.permAuthKeyId ?? authKeyId)
  const key = permAuthKeyId === undefined ? undefined : await findKey(domain, permAuthKeyId)
  const userId = key?.state.at === 'authorized' ? key.state.userId : undefined
  const [user] = userId === undefined ? [] : await findAccounts(domain, [userId])
  return {
    id,
    ip,
    transport,
    dcId,
    openedAtS: Math.floor(openedAtMs / 1000),
    userId: user && Number(user.id),
    phone: user && `+${user.phone}`,
    device: key?.client && shownDevice(key.client).model,
  }
}
