import { UsageError } from '@cablegram/tl'
import type { CarriedLogin } from './carried-login.ts'

const MISSING = {
  userId: ['SESSION_USER', 'who is signed in, which this session does not say'],
  apiId: ['SESSION_API_ID', "the app's api_id: give it as `apiId` (--api-id)"],
} as const

/** A part of the login that a library cannot do without. @throws UsageError SESSION_USER, SESSION_API_ID */
export function neededFor<Value>(
  library: string,
  part: keyof typeof MISSING,
  value: Value | undefined,
): Value {
  if (value !== undefined) return value
  const [code, what] = MISSING[part]
  throw new UsageError(code, `A session of ${library} says ${what}.`)
}

/** @throws UsageError SESSION_ADDRESS */
export function addressFor(library: string, { address }: CarriedLogin): { host: string; port: number } {
  if (address) return address
  throw new UsageError(
    'SESSION_ADDRESS',
    `A session of ${library} says where the server is, which this one does not. Name the server: \`server\` (--server).`,
  )
}
