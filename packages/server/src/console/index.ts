export type { ConsoleOptions } from './app.ts'
export { isBlockedByBrowsers } from './blocked-ports.ts'
export { ConsoleError } from './error.ts'
export * as fields from './fields.ts'
export { isLoopback } from './guard.ts'
export { type ConsoleListener, listenConsole } from './listener.ts'
export type { OnConsole } from './on-console.ts'
export type { Schema, SchemaOf } from './schema.ts'
export * as schemas from './schemas.ts'
export { validate } from './validate.ts'
export type {
  ActiveFault,
  App,
  AppChange,
  AuditEvent,
  AuditFilter,
  Bot,
  BotWithToken,
  ChannelName,
  ClockState,
  CodeEntry,
  CodeFilter,
  Connection,
  DataCentre,
  NetworkRule,
  NewApp,
  NewBot,
  NewFault,
  NewNetworkRule,
  NewPhoneRule,
  NewUser,
  NewWebToken,
  NodesState,
  OwnApp,
  PhoneRule,
  RefusedApp,
  ServerInfo,
  Session,
  UnpaidCode,
  User,
  UserChange,
  WebToken,
} from './words.ts'
