import { FaultError } from '../../gateway/index.ts'
import { ConsoleError } from '../error.ts'
import type { OnConsole } from '../on-console.ts'
import type { NewFault } from '../words.ts'

/** Makes requests go wrong. @throws {ConsoleError} 400 if the fault is invalid, 409 if there are too many */
export function addFault({ gateway }: OnConsole, fault: NewFault): { readonly id: number } {
  try {
    return { id: gateway.faults.add(fault) }
  } catch (error) {
    if (!(error instanceof FaultError)) throw error
    const status = error.code === 'TOO_MANY_FAULTS' ? 409 : 400
    throw new ConsoleError(status, error.code, error.message, error.next)
  }
}
