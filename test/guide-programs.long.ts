/** Runs the programs of the guides: too long for each change, because each is a process and starts a server. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { blocks, isProgram, ROOT } from './guide-blocks.ts'

test('every program runs, and prints what the page shows', async (t) => {
  // A folder in the repository, where Node finds the packages, and one that Git ignores and no build empties.
  const ignored = join(ROOT, 'test/dist')
  mkdirSync(ignored, { recursive: true })
  const place = mkdtempSync(join(ignored, 'guide-code-'))
  try {
    // test/install/package.test.ts runs those of the packages' READMEs, as they are published.
    const programs = blocks().filter((block) => isProgram(block) && !block.page.startsWith('packages/'))
    // A test in a program would report to this one, in a form for machines.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    assert.ok(programs.length > 0)
    for (const [index, block] of programs.entries()) {
      await t.test(block.place, async () => {
        const file = join(place, `program-${index}.${block.language === 'ts' ? 'ts' : 'mjs'}`)
        writeFileSync(file, block.code)
        const { stdout } = await promisify(execFile)(process.execPath, [file], { timeout: 120_000, env })
        if (block.shows !== undefined) assert.equal(stdout, block.shows)
      })
    }
  } finally {
    rmSync(place, { recursive: true })
  }
})
