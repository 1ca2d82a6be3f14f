import * as v from 'valibot'
import type { Inbox } from '../../courier/index.ts'
import { ConsoleError } from '../error.ts'
import { phone, wholeAsText } from '../fields.ts'
import type { OnConsole } from '../on-console.ts'
import { type Route, route } from '../route.ts'
import { codeEntry } from '../schemas.ts'

const MAX_WAIT_MS = 120_000
const DEFAULT_WAIT_MS = 30_000

/** The inbox: what was sent, and waiting for what will be. */
export const codeRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/codes',
    summary: 'The login codes in the inbox, newest first',
    query: v.object({ phone: v.optional(phone) }),
    answers: { 200: v.object({ codes: v.array(codeEntry) }) },
    refuses: [404],
    run: async ({ query, on }) => ({
      status: 200,
      body: { codes: await inbox(on).list(query.phone) },
    }),
  }),
  route({
    method: 'GET',
    path: '/api/codes/wait',
    summary: 'The newest matching code that can be used, at once or when it comes; 204 if none came in time',
    query: v.object({
      phone: v.optional(phone),
      afterId: v.optional(v.pipe(v.string(), v.maxLength(64))),
      afterS: v.optional(wholeAsText(0, 2 ** 40)),
      timeoutMs: v.optional(wholeAsText(0, MAX_WAIT_MS)),
    }),
    answers: { 200: codeEntry, 204: undefined },
    refuses: [404],
    async run({ query, signal, on }) {
      const codes = inbox(on)
      const { timeoutMs, ...filter } = query
      const entry = await codes.wait({ ...filter, timeoutMs: timeoutMs ?? DEFAULT_WAIT_MS, signal })
      return entry === undefined ? { status: 204 } : { status: 200, body: entry }
    },
  }),
]

function inbox(on: OnConsole): Inbox {
  if (on.inbox !== undefined) return on.inbox
  throw new ConsoleError(
    404,
    'INBOX_OFF',
    'The inbox of this server is off.',
    'Start the server with --inbox on to see codes here.',
  )
}
