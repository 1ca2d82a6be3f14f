import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { startTimes } from './times.ts'

test('a line for each file has the time in this process, in those it started, and by the clock', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cablegram-times-'))
  try {
    const path = join(folder, 'times')
    const note = startTimes(path)
    note('a.test.ts')
    spawnSync(process.execPath, ['--eval', 'for (const end = Date.now() + 50; Date.now() < end; );'])
    note('b.test.ts')
    note()
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
    const rows = lines.map((line) => /^ *([\d.]+) +([\d.]+) +([\d.]+) (.*)$/.exec(line)?.slice(1) ?? [])
    assert.deepEqual(
      rows.map(([, , , name]) => name),
      ['start, and loading of what follows', 'a.test.ts', 'b.test.ts'],
    )
    const [own, children, clock] = (rows[1] ?? []).map(Number)
    if (process.platform === 'linux') assert.ok(Number(children) > 0)
    assert.ok(Number(own) >= 0 && Number(clock) >= 0.05)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('nothing is measured unless a file is named', () => {
  startTimes(undefined)('a.test.ts')
})
