/**
 * `npm run test:secrets`: runs the whole login suite again, and every row of the causes of errors, with everything logged.
 */
import { test } from 'node:test'
import { assertNoSecretsInLogs } from './search-logs.ts'
import { LOGGED_SUITES } from './suites.ts'

test('no code, key, hash or password of the login suite appears in a log', () =>
  assertNoSecretsInLogs(LOGGED_SUITES))
