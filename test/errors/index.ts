import { PHONE_CODE_CAUSES } from './phone-codes.ts'
import type { Cause } from './registry.ts'

/** What makes each error of the table happen. A method's row counts as tested by its cause where it is here. */
export const CAUSES: readonly Cause[] = [...PHONE_CODE_CAUSES]
