export type { ConsoleOptions } from './app.ts'
export { isBlockedByBrowsers } from './blocked-ports.ts'
export { ConsoleError } from './error.ts'
export * as fields from './fields.ts'
export { isLoopback } from './guard.ts'
export { type ConsoleListener, listenConsole } from './listener.ts'
export type { OnConsole } from './on-console.ts'
export type { Actor } from './people/actor.ts'
export type { EventPlace } from './people/events.ts'
export * as people from './people/index.ts'
export * as peopleSchemas from './people/schemas.ts'
export type * from './people/words.ts'
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
