// Long form: 64 calls at once.
/** Races in groups on SQLite. `test/engines/races.test.ts` runs them on PostgreSQL. */
import { startServer } from '@cablegram/server'
import { effort } from '../effort.ts'
import { groupRaces } from './group-races.ts'

groupRaces('races in groups', effort(8, 64), async () => [
  await startServer({ store: 'memory', testClock: true, settings: { chatSizeMax: 8 } }),
])
