export { isBlockedByBrowsers } from './blocked-ports.ts'
export { ConsoleError } from './error.ts'
export { isLoopback } from './guard.ts'
export { type ConsoleListener, listenConsole } from './listener.ts'
export { parse } from './route.ts'
export { clockStep, newFault, type SchemaOf } from './schemas.ts'
export type {
  App,
  AuditEvent,
  AuditFilter,
  Bot,
  CodeEntry,
  CodeFilter,
  Connection,
  ConsoleServices,
  NewPhoneRule,
  PhoneRule,
  ServerInfo,
  User,
} from './services.ts'
