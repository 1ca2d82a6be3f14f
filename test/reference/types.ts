/**
 * `node test/reference/types.ts`: checks the types of every printed program in TypeScript under this project's own settings.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { printedExamples } from '../../site/printers/index.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

const folder = mkdtempSync(join(tmpdir(), 'cablegram-types-'))
try {
  process.exitCode = await checkAll()
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function checkAll(): Promise<number> {
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction')
  const { compilerOptions } = JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8'))
  // The packages are read as their sources, which stand elsewhere and were checked by `npm run check`.
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
  let count = 0
  for (const { method, typescript, more = [] } of (await printedExamples()).values()) {
    for (const [index, text] of [typescript, ...more.map((snippet) => snippet.typescript)].entries()) {
      writeFileSync(join(folder, `${method}${index === 0 ? '' : `.${index}`}.ts`), text)
      count += 1
    }
  }
  const tsc = join(ROOT, 'node_modules/.bin/tsc')
  const { status } = spawnSync(tsc, ['--noEmit', '--project', folder], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (status === 0) process.stdout.write(`${count} programs in TypeScript have no type errors.\n`)
  return status ?? 1
}
