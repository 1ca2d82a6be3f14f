import { UsageError } from '@cablegram/tl'
import type { CarriedLogin } from './carried-login.ts'

/** @throws UsageError SESSION_USER */
export function userIdFor(library: string, { userId }: CarriedLogin): bigint {
  if (userId !== undefined) return userId
  const message = `A session of ${library} says who is signed in, which this one does not: open it with Cablegram once, and convert that.`
  throw new UsageError('SESSION_USER', message)
}

/** @throws UsageError SESSION_API_ID */
export function apiIdFor(library: string, { apiId }: CarriedLogin): number {
  if (apiId !== undefined) return apiId
  const message = `A session of ${library} has the app's api_id: give it as \`apiId\` (--api-id).`
  throw new UsageError('SESSION_API_ID', message)
}

/** @throws UsageError SESSION_ADDRESS */
export function addressFor(library: string, { address }: CarriedLogin): { host: string; port: number } {
  if (address) return address
  throw new UsageError(
    'SESSION_ADDRESS',
    `A session of ${library} says where the server is, which this one does not. Name the server: \`server\` (--server).`,
  )
}
