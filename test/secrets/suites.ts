/** The files that `npm run test:secrets` runs with everything logged: the login suite, and the causes of all errors. */
import type { LoggedTests } from './search-logs.ts'

export const LOGGED_SUITES: readonly LoggedTests[] = [
  {
    globs: ['test/e2e/{login,tokens,two-step,races,dcs,faults}*.test.ts', 'test/e2e/client.test.ts'],
    isLong: false,
  },
  { globs: ['test/errors/*.test.ts'], isLong: true },
]
