/** Races in groups on SQLite. `test/engines/races.test.ts` runs them on PostgreSQL. */
import { startServer } from '@cablegram/server'
import { groupRaces } from './group-races.ts'

groupRaces('races in groups', async () => [
  await startServer({ store: 'memory', testClock: true, settings: { chatSizeMax: 8 } }),
])
