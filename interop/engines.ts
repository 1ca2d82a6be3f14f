/** PostgreSQL and Redis for the rows whose server is several nodes: started once for a run, when the first row needs them. */
import { join } from 'node:path'
import { type PostgresServer, type RedisServer, startPostgres, startRedis } from '../test/engines/index.ts'

interface Engines {
  readonly postgres: PostgresServer
  readonly redis: RedisServer
}

let started: Promise<Engines> | undefined

/** The places of a new server: a database of its own. Its secret is in this folder, and keeps its bus apart from others. */
export async function newSharedPlaces(folder: string): Promise<string[]> {
  started ??= startEngines()
  const { postgres, redis } = await started
  const store = postgres.url(await postgres.createDatabase())
  return [
    '--store',
    store,
    '--bus',
    redis.url(),
    '--secret-file',
    join(folder, 'secret.key'),
    '--log',
    'error',
  ]
}

/** Stops what was started. */
export async function closeEngines(): Promise<void> {
  const engines = await started?.catch(() => undefined)
  await Promise.all([engines?.postgres.close(), engines?.redis.close()])
}

async function startEngines(): Promise<Engines> {
  const postgres = await startPostgres()
  try {
    return { postgres, redis: await startRedis() }
  } catch (error) {
    await postgres.close()
    throw error
  }
}
