export type { App, CodeEntry, ServerInfo, User } from './console/index.ts'
export { type SupportedMethod, supportedMethods } from './methods.ts'
export type { ServerOptions } from './options.ts'
export { type CablegramServer, startServer } from './start-server.ts'
