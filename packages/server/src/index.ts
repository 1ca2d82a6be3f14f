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
  OwnApp,
  PhoneRule,
  RefusedApp,
  ServerInfo,
  Session,
  UnpaidCode,
  User,
  UserChange,
  WebToken,
} from './console/index.ts'
export type { ReferenceSource } from './reference/index.ts'
export { ERRORS, type ErrorName, type ErrorRow } from './rules/index.ts'
export { type SupportedMethod, supportedMethods } from './start/methods.ts'
export type { LoginEmailOptions, ServerOptions, TermsOptions } from './start/options.ts'
export type { Seed, SeedApp } from './start/seed.ts'
export type * from './start/server-api.ts'
export type { SettingsOption } from './start/settings-option.ts'
export { startServer } from './start/start-server.ts'
