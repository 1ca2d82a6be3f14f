// Long form: every example, and not two.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { isLong } from './effort.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** The last line of each example. */
const LAST_LINES: Readonly<Record<string, string>> = {
  client: 'after the log-out: undefined',
  faults: 'after 300 seconds: 400 PHONE_CODE_EXPIRED',
  'login-email': 'a week later the code goes by auth.sentCodeTypeSms',
  'login-steps': 'authorized: Ada Lovelace, +447400123456',
  'people-on-demand': 'The bot says: Good choice.',
  'sign-in': 'Signed in as Ada Lovelace, +447400123456.',
  'wrong-code': 'auth.signIn was refused: 400 PHONE_CODE_INVALID',
}

/** Each is a process with a server: two of them in the short form. */
const SHORT = ['sign-in', 'faults']

/** The guides that show what an example prints. */
const GUIDES: Readonly<Record<string, string>> = {
  client: 'site/guides/client.md',
  faults: 'site/guides/faults.md',
  'login-email': 'site/guides/login-emails.md',
  'login-steps': 'site/guides/login.md',
  'wrong-code': 'site/guides/client.md',
}

test(`${isLong ? 'every' : 'an'} example runs and prints what it should`, async () => {
  const names = globSync('examples/*.ts', { cwd: root }).map((file) => basename(file, '.ts'))
  assert.deepEqual(names.toSorted(), Object.keys(LAST_LINES))
  for (const name of isLong ? names : SHORT) {
    const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'examples', `${name}.ts`)])
    assert.equal(stdout.trim().split('\n').at(-1), LAST_LINES[name])
    const guide = GUIDES[name]
    if (guide === undefined) continue
    assert.ok(readFileSync(join(root, guide), 'utf8').includes(`\`\`\`text\n${stdout}\`\`\``), stdout)
  }
})

test('the README and guides show the current examples', () => {
  const pages = ['README.md', ...new Set(Object.values(GUIDES))].map((page) =>
    readFileSync(join(root, page), 'utf8'),
  )
  const blocks = [...pages.join('\n').matchAll(/<!-- examples\/(.+)\.ts -->\n```ts\n([\s\S]*?)```/g)]
  assert.equal(blocks.length, 7)
  for (const [, name, block] of blocks) {
    const source = readFileSync(join(root, 'examples', `${name}.ts`), 'utf8')
    assert.equal(block, source.replace(/^\/\*\*.*\n/, ''), name)
  }
})
