import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MethodClient } from './method-client.ts'
import { setCommands } from './set-commands.ts'

function clientThatNotes() {
  const calls: unknown[] = []
  const call = async (method: string, params: object) => calls.push([method, params])
  return { calls, client: { call } as unknown as MethodClient }
}

test('commands are set in their order, for everybody or for some', async () => {
  const { calls, client } = clientThatNotes()
  await setCommands(client, { start: 'Says hello', notes: 'Lists notes' })
  await setCommands(client, { start: 'Sagt hallo' }, { scope: 'private', langCode: 'de' })
  await setCommands(client, {})
  const start = { _: 'botCommand', command: 'start', description: 'Says hello' }
  const notes = { _: 'botCommand', command: 'notes', description: 'Lists notes' }
  const everybody = { scope: { _: 'botCommandScopeDefault' }, langCode: '' }
  const german = { scope: { _: 'botCommandScopeUsers' }, langCode: 'de' }
  assert.deepEqual(calls, [
    ['bots.setBotCommands', { ...everybody, commands: [start, notes] }],
    ['bots.setBotCommands', { ...german, commands: [{ ...start, description: 'Sagt hallo' }] }],
    ['bots.resetBotCommands', everybody],
  ])
})

test('a slash and a scope that does not exist are refused before the call', async () => {
  const { calls, client } = clientThatNotes()
  await assert.rejects(setCommands(client, { '/start': 'Hi' }), {
    code: 'OPTION_INVALID',
    message: /"\/start"/,
  })
  const scope = 'channels' as never
  await assert.rejects(setCommands(client, { start: 'Hi' }, { scope }), { message: /all, private, groups/ })
  assert.deepEqual(calls, [])
})
