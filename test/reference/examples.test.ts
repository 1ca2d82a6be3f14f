/**
 * Every method that the server has an example, and few of them are refused. `executed.long.ts` runs them in TypeScript,
 * `npm run test:site` on the command line and in Lua.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { supportedMethods } from '@cablegram/server'
import { readExamples } from '../../site/printers/read-examples.ts'

/** Examples whose call does not succeed, or not in every language, and why; their pages say so, too. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'account.getTmpPassword': 'the server sells nothing that takes a temporary password',
  'account.reorderUsernames': 'accounts have one username at most',
  'account.toggleUsername': 'accounts have one username at most',
  'account.registerPasskey': 'only a program in TypeScript has a passkey',
  'auth.bindTempAuthKey': 'the client binds its temporary keys by itself',
  'auth.finishPasskeyLogin': 'only a program in TypeScript has a passkey',
  'messages.editChatCreator': 'a password is taken a week after it was set',
  'messages.getBotCallbackAnswer': 'a bot has to answer meanwhile',
  'messages.getDiscussionMessage': 'the server has no channels',
  'messages.getReplies': 'the server has no supergroups and no channels',
  'messages.getStickerSet': 'the server has no stickers',
  'messages.readDiscussion': 'the server has no channels',
  'messages.sendBotRequestedPeer': 'a bot has to send a button first',
  'messages.setBotCallbackAnswer': 'somebody has to wait meanwhile',
  'upload.getWebFile': 'the server gives out no webDocuments',
  'upload.getCdnFile': 'the client has no connection to the CDN',
  'upload.reuploadCdnFile': 'only the CDN gives the token',
  invokeAfterMsg: 'the client does not tell the ids of its messages',
}

const examples = await readExamples()

/** A sentence for each method without an example. */
function withoutExample(methods: readonly string[]): string[] {
  const without = methods.filter((method) => !examples.has(method))
  return without.map((method) => `add site/examples/${method}.ts: ${method} has no example yet`)
}

test('every method of the server has an example', () => {
  assert.deepEqual(withoutExample(supportedMethods().map(({ method }) => method)), [])
})

test('a method that is added without its example is told which file to add', () => {
  assert.deepEqual(withoutExample(['auth.signIn', 'auth.newMethod']), [
    'add site/examples/auth.newMethod.ts: auth.newMethod has no example yet',
  ])
})

test('only methods that the server has are in the folder of examples', () => {
  const supported = new Set(supportedMethods().map(({ method }) => method))
  assert.deepEqual(
    [...examples.keys()].filter((method) => !supported.has(method)),
    [],
  )
})

/** Tells whether the server answers a method with nothing but errors, as its words say of each answer. */
function isAlwaysRefused(method: string): boolean {
  const [namespace] = method.split('.')
  const file = new URL(`../../packages/tl/sources/words/${namespace}.json`, import.meta.url)
  const { methods } = JSON.parse(readFileSync(file, 'utf8'))
  const answers: { readonly when: string }[] = Object.values(methods[method]?.answers ?? {})
  return answers.length > 0 && answers.every(({ when }) => when.startsWith('Never from this server'))
}

test('at most ten examples do not succeed in every language where they could, and their pages say why', () => {
  const exceptions = [...examples.values()].filter(({ refused, missing }) => refused ?? missing)
  assert.deepEqual(exceptions.map(({ method }) => method).toSorted(), Object.keys(EXCEPTIONS).toSorted())
  const could = exceptions.filter(({ method }) => !method.includes('.') || !isAlwaysRefused(method))
  assert.ok(could.length <= 10)
  for (const { method, note, missing } of exceptions) assert.ok(note ?? missing, method)
})
