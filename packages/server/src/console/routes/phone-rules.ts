import * as v from 'valibot'
import { dropPhoneRule, putPhoneRule, showPhoneRule, showPhoneRules } from '../acts/phone-rules.ts'
import { ConsoleError } from '../error.ts'
import { phone } from '../fields.ts'
import { type Route, route } from '../route.ts'
import { newPhoneRule, phoneRule } from '../schemas.ts'

const params = v.object({ digits: phone })

/** Rules for numbers, by their first digits. */
export const phoneRuleRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/phone-rules',
    summary: 'The rules for phone numbers',
    answers: { 200: v.object({ rules: v.array(phoneRule) }) },
    run: async ({ on }) => ({ status: 200, body: { rules: await showPhoneRules(on) } }),
  }),
  route({
    method: 'GET',
    path: '/api/phone-rules/{digits}',
    summary: 'The rule of exactly these digits',
    params,
    answers: { 200: phoneRule },
    refuses: [404],
    async run({ params, on }) {
      const rule = await showPhoneRule(on, params.digits)
      if (rule !== undefined) return { status: 200, body: rule }
      throw notFound(params.digits)
    },
  }),
  route({
    method: 'PUT',
    path: '/api/phone-rules/{digits}',
    summary:
      'Set the rule for numbers that begin with these digits: ban, protect (no codes), migrate (to a data centre), or the channels of their codes. The rule with the most digits applies',
    params,
    body: newPhoneRule,
    answers: { 200: phoneRule },
    run: async ({ params, body, on }) => ({
      status: 200,
      body: await putPhoneRule(on, params.digits, body),
    }),
  }),
  route({
    method: 'DELETE',
    path: '/api/phone-rules/{digits}',
    summary: 'Remove the rule of exactly these digits',
    params,
    answers: { 204: undefined },
    refuses: [404],
    async run({ params, on }) {
      if (await dropPhoneRule(on, params.digits)) return { status: 204 }
      throw notFound(params.digits)
    },
  }),
]

function notFound(digits: string): ConsoleError {
  return new ConsoleError(
    404,
    'PHONE_RULE_NOT_FOUND',
    `The digits ${digits} have no rule.`,
    'List the rules: npx cablegram rule (GET /api/phone-rules).',
  )
}
