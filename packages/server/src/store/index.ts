export type * from './audit-port.ts'
export { StoreError, type StoreErrorCode } from './errors.ts'
export type * from './port.ts'
export { openStore, type StoreOptions } from './sqlite/index.ts'
