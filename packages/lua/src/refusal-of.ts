import { MtprotoError, RpcError } from '@cablegram/client'
import type { Refusal } from './state/thrown.ts'

/** A failed call as the script sees it. */
export function refusalOf(error: unknown, method: string): Refusal {
  if (error instanceof RpcError) {
    const { code, type, argument, message } = error
    return { kind: 'rpc', code, type, argument, message, method: error.method ?? method }
  }
  const code = error instanceof MtprotoError ? String(error.code) : 'FAILED'
  return { kind: 'client', code, message: error instanceof Error ? error.message : String(error), method }
}
