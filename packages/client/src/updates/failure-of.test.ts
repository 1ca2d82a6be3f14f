import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectionError, RpcError } from '@cablegram/mtproto'
import { DecodeError, UsageError } from '@cablegram/tl'
import { SessionError } from '../storage/errors.ts'
import { failureOf } from './failure-of.ts'
import type { Ask, Failure } from './words.ts'

const rows: readonly (readonly [Ask['of'], unknown, Failure])[] = [
  ['difference', new RpcError(400, 'PERSISTENT_TIMESTAMP_INVALID'), { kind: 'stateInvalid' }],
  ['difference', new RpcError(400, 'PERSISTENT_TIMESTAMP_EMPTY'), { kind: 'stateInvalid' }],
  ['difference', new RpcError(400, 'DATE_EMPTY'), { kind: 'stateInvalid' }],
  ['channel', new RpcError(400, 'PERSISTENT_TIMESTAMP_INVALID'), { kind: 'stateInvalid' }],
  ['channel', new RpcError(500, 'PERSISTENT_TIMESTAMP_OUTDATED'), { kind: 'later' }],
  ['channel', new RpcError(406, 'CHANNEL_PRIVATE'), { kind: 'noAccess' }],
  ['channel', new RpcError(400, 'CHANNEL_INVALID'), { kind: 'noAccess' }],
  ['difference', new RpcError(400, 'CHANNEL_PRIVATE'), { kind: 'refused' }],
  ['channel', new RpcError(420, 'FLOOD_WAIT_17'), { kind: 'wait', waitS: 17 }],
  ['difference', new RpcError(420, 'FLOOD_WAIT_0'), { kind: 'wait', waitS: 1 }],
  ['difference', new RpcError(-503, 'Timeout'), { kind: 'later' }],
  ['difference', new RpcError(500, 'INTERNAL'), { kind: 'later' }],
  ['difference', new RpcError(401, 'AUTH_KEY_UNREGISTERED'), { kind: 'ended' }],
  ['difference', new RpcError(401, 'SESSION_REVOKED'), { kind: 'ended' }],
  ['difference', new RpcError(406, 'AUTH_KEY_DUPLICATED'), { kind: 'ended' }],
  ['state', new RpcError(400, 'METHOD_NOT_IMPLEMENTED'), { kind: 'refused' }],
  ['difference', new ConnectionError('CALL_TIMEOUT', 'late'), { kind: 'later' }],
  ['difference', new ConnectionError('CLIENT_CLOSED', 'closed'), { kind: 'ended' }],
  ['difference', new DecodeError('no such constructor', { offset: 0 }), { kind: 'unreadable' }],
  ['difference', new UsageError('VALUE_INVALID', 'wrong'), { kind: 'later' }],
  ['difference', new SessionError('SESSION_STORAGE', 'the disk is full'), { kind: 'later' }],
  ['difference', new UsageError('SERVER_INVALID', 'no such server'), { kind: 'later' }],
  ['channel', new Error('the access hash cannot be read'), { kind: 'later' }],
]

for (const [of, error, failure] of rows) {
  test(`${error} of a request about ${of} is taken as ${failure.kind}`, () => {
    assert.deepEqual(failureOf(error, { of }), failure)
  })
}
