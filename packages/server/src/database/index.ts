export { StoreError, type StoreErrorCode } from './errors.ts'
export { resetStore } from './reset.ts'
export { openStore, type StoreOptions } from './sqlite/index.ts'
export type { Store } from './store.ts'
