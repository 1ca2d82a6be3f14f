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
export { ERRORS, type ErrorName, type ErrorRow } from './domain/index.ts'
export { type SupportedMethod, supportedMethods } from './methods.ts'
export type { LoginEmailOptions, ServerOptions, TermsOptions } from './options.ts'
export type { ReferenceSource } from './reference/index.ts'
export type { Seed, SeedApp } from './seed.ts'
export type * from './server-api.ts'
export type { SettingsOption } from './settings-option.ts'
export { startServer } from './start-server.ts'
