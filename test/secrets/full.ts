/**
 * `npm run test:secrets`: runs the whole login suite again, and every row of the causes of errors, with everything logged.
 */
import { test } from 'node:test'
import { assertNoSecretsInLogs } from './search-logs.ts'

test('no code, key, hash or password of the login suite appears in a log', async () => {
  await assertNoSecretsInLogs([
    {
      globs: ['test/e2e/{login,tokens,two-step,races,dcs,faults}*.test.ts', 'test/e2e/client.test.ts'],
      isLong: false,
    },
    { globs: ['test/errors/*.test.ts'], isLong: true },
  ])
})
