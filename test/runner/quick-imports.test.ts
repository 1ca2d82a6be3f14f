import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const QUICK = new URL('quick-imports.mjs', import.meta.url).href
const PROGRAM = `
  import { registerHooks } from 'node:module'
  const loaded = []
  registerHooks({
    load: (url, context, next) => {
      loaded.push(url)
      return next(url, context)
    }
  })
  await import('@cablegram/mtproto')
  console.log(JSON.stringify(loaded))`

function modulesLoaded(options: readonly string[]): string[] {
  const env = { ...process.env, NODE_OPTIONS: '' }
  const args = [...options, '--input-type=module', '--eval', PROGRAM]
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8', env })
  assert.notEqual(stdout, '', stderr)
  return JSON.parse(stdout) as string[]
}

test('the same modules are loaded, in the same order, as Node finds them by itself', () => {
  const modules = modulesLoaded(['--import', QUICK])
  assert.ok(modules.length > 50)
  assert.deepEqual(modules, modulesLoaded([]))
})
