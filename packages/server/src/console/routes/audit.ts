import * as v from 'valibot'
import { showAudit } from '../acts/audit.ts'
import { idAsText, phone, wholeAsText } from '../fields.ts'
import { type Route, route } from '../route.ts'
import { auditEvent } from '../schemas.ts'

const MAX_EVENTS = 1000

/** The audit trail. */
export const auditRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/audit',
    summary:
      'The events of the audit trail in order of time: the newest, or with afterId those that follow; at most 100, or limit',
    query: v.object({
      phone: v.optional(phone),
      userId: v.optional(idAsText),
      afterId: v.optional(wholeAsText(0, Number.MAX_SAFE_INTEGER)),
      limit: v.optional(wholeAsText(1, MAX_EVENTS)),
    }),
    answers: { 200: v.object({ events: v.array(auditEvent) }) },
    run: async ({ query, on }) => ({
      status: 200,
      body: { events: await showAudit(on, query) },
    }),
  }),
]
