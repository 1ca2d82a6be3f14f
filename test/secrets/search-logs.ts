/** Runs tests with everything logged, and collects the secrets they use and the logs they write. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writePrograms } from '../runner/programs.ts'
import { findSecrets } from './search.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** Tests wait for timers and processes. */
const AT_ONCE = 2

/** Test files that run with everything logged. */
export interface LoggedTests {
  readonly globs: readonly string[]
  /** Runs their long form. */
  readonly isLong: boolean
}

/** Fails if a value that signs somebody in, or keeps people from it, appears in a log of these tests. */
export async function assertNoSecretsInLogs(suites: readonly LoggedTests[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cablegram-secrets-'))
  try {
    for (const suite of suites) await runLogged(suite, folder)
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
}

async function runLogged({ globs, isLong }: LoggedTests, folder: string): Promise<void> {
  const programs = mkdtempSync(join(folder, 'programs-'))
  const files = writePrograms(programs, globSync([...globs], { cwd: ROOT }))
  assert.ok(files.length > 0)
  const suite = spawn(process.execPath, ['--test', `--test-concurrency=${AT_ONCE}`, ...files], {
    cwd: ROOT,
    env: {
      ...process.env,
      // Variables of the runner of this test: a suite inside it would take itself for a part.
      NODE_TEST_CONTEXT: undefined,
      CABLEGRAM_LONG: isLong ? '1' : undefined,
      SECRETS_FOLDER: folder,
      NODE_OPTIONS: `--import ${new URL('./record.ts', import.meta.url)}`,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const output: Buffer[] = []
  suite.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  const [status] = await once(suite, 'close')
  assert.equal(status, 0, Buffer.concat(output).toString())
}
