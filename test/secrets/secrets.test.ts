/** Runs the whole login suite with everything logged, and finds nothing secret in the log. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { findSecrets } from './search.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** Values that sign in by any method, or that keep people from it. */
const SUITE = ['test/e2e/{login,tokens,two-step,races,client,dcs,faults}*.test.ts', 'test/errors/*.test.ts']

test('a secret in a log is found, whatever its form', () => {
  const [key, code] = [Buffer.alloc(256, 0xfb), Buffer.from('{"code":"81724","to":"+9996621234"}')]
  const line = (value: unknown): string => JSON.stringify({ level: 20, time: 81724, pid: 81724, value })
  assert.deepEqual(findSecrets(line('nothing'), [key, code]), [])
  for (const form of ['hex', 'base64', 'base64url'] as const) {
    assert.equal(findSecrets(line({ key: key.toString(form) }), [key, code]).length, 1, form)
  }
  assert.deepEqual(findSecrets(line(['the code is 81724.']), [key, code]), ['81724'])
  assert.deepEqual(findSecrets(line(817_241), [key, code]), [])
  const like = Buffer.from(`{"${'x'.repeat(30)}`)
  assert.deepEqual(findSecrets(line(like.toString('hex')), [like]), [like.toString('hex')])
})

test('no code, key, hash or password of the login suite appears in a log', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cablegram-secrets-'))
  try {
    const files = globSync(SUITE, { cwd: ROOT })
    assert.ok(files.length > 10)
    const suite = spawn(process.execPath, ['--test', ...files], {
      cwd: ROOT,
      env: {
        ...process.env,
        // Variables of the runner of this test: a suite inside it would take itself for a part.
        NODE_TEST_CONTEXT: undefined,
        SECRETS_FOLDER: folder,
        NODE_OPTIONS: `--import ${new URL('./record.ts', import.meta.url)}`,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const output: Buffer[] = []
    suite.stdout.on('data', (chunk: Buffer) => output.push(chunk))
    const [status] = await once(suite, 'close')
    assert.equal(status, 0, Buffer.concat(output).toString())
    const read = (ending: string): string[] =>
      readdirSync(folder)
        .filter((name) => name.endsWith(ending))
        .map((name) => readFileSync(join(folder, name), 'utf8'))
    const secrets = new Set(read('.secrets').flatMap((lines) => lines.trimEnd().split('\n')))
    const log = read('.log').join('')
    assert.ok(secrets.size > 100 && log.length > 100_000)
    assert.deepEqual(
      findSecrets(
        log,
        [...secrets].map((hex) => Buffer.from(hex, 'hex')),
      ),
      [],
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
