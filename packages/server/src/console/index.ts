export { ConsoleError } from './error.ts'
export { isLoopback } from './guard.ts'
export { type ConsoleListener, listenConsole } from './listener.ts'
export type {
  App,
  Bot,
  CodeEntry,
  CodeFilter,
  ConsoleServices,
  NewPhoneRule,
  PhoneRule,
  ServerInfo,
  User,
} from './services.ts'
