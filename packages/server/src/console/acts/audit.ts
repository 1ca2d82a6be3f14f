import { listAudit } from '../../rules/accounts/audit.ts'
import type { AuditEvent as StoredEvent } from '../../rules/accounts/words.ts'
import { digitsIn } from '../../typed-text.ts'
import type { OnConsole } from '../on-console.ts'
import type { AuditEvent, AuditFilter } from '../words.ts'

const AUDIT_LIMIT = 100

/** Shows the events of the audit trail, in the order they came. */
export async function showAudit(on: OnConsole, filter: AuditFilter = {}): Promise<AuditEvent[]> {
  const { userId, phone, afterId, limit = AUDIT_LIMIT } = filter
  const events = await listAudit(on, {
    afterId,
    limit,
    phone: phone === undefined ? undefined : digitsIn(phone),
    userId: userId === undefined ? undefined : BigInt(userId),
  })
  return events.map(eventJson)
}

function eventJson({ atMs, phone, userId, ...event }: StoredEvent): AuditEvent {
  return {
    ...event,
    atS: Math.floor(atMs / 1000),
    phone: phone && `+${phone}`,
    userId: userId === undefined ? undefined : Number(userId),
  }
}
