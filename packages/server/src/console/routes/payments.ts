import * as v from 'valibot'
import { settlePayments, showPayments } from '../acts/payments.ts'
import { ConsoleError } from '../error.ts'
import { phone } from '../fields.ts'
import { type Route, route } from '../route.ts'
import { unpaidCode } from '../schemas.ts'

const params = v.object({ digits: phone })

/** Codes that have to be paid for. */
export const paymentRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/payments/{digits}',
    summary: 'The login codes of a number that wait to be paid for',
    params,
    answers: { 200: v.object({ payments: v.array(unpaidCode) }) },
    run: async ({ params, on }) => ({
      status: 200,
      body: { payments: await showPayments(on, params.digits) },
    }),
  }),
  route({
    method: 'POST',
    path: '/api/payments/{digits}',
    summary: 'Say that the login codes of a number are paid for: they are sent',
    params,
    answers: { 204: undefined },
    refuses: [404],
    async run({ params, on }) {
      if ((await settlePayments(on, params.digits)) > 0) return { status: 204 }
      throw new ConsoleError(
        404,
        'PAYMENT_NOT_FOUND',
        `No code for ${params.digits} waits to be paid for.`,
        'Codes wait after npx cablegram rule DIGITS --channels payment,sms.',
      )
    },
  }),
]
