export { type PostgresChoices, type PostgresServer, startPostgres } from './postgres.ts'
export { findProgram } from './program.ts'
export { type Passing, type Proxy, startProxy, type Verdict } from './proxy.ts'
export { type RedisChoices, type RedisServer, startRedis } from './redis.ts'
