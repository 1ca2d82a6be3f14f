export type * from '../rules/accounts/audit-words.ts'
export { StoreError, type StoreErrorCode } from './errors.ts'
export type * from './store.ts'
export { openStore, type StoreOptions } from './sqlite/index.ts'
