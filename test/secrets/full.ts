/** `npm run test:secrets`: runs the whole login suite again, with everything logged. */
import { test } from 'node:test'
import { assertNoSecretsInLogs } from './search-logs.ts'

const SUITE = ['test/e2e/{login,tokens,two-step,races,client,dcs,faults}*.test.ts', 'test/errors/*.test.ts']

test('no code, key, hash or password of the login suite appears in a log', async () => {
  await assertNoSecretsInLogs(SUITE)
})
