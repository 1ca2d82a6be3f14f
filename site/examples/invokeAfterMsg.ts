import { defineExample, type Example } from '../printers/example.ts'
import { queryOf } from '../printers/query.ts'

export const example: Example = defineExample('invokeAfterMsg', {
  given: 'anonymous',
  params: { msgId: 1n, query: queryOf('help.getNearestDc') },
  refused: '400 MSG_WAIT_FAILED',
  note: 'The id is that of an earlier call in the same session. Our client does not tell its callers these ids, and the server refuses one that it does not know.',
})
