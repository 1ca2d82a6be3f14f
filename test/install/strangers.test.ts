/** Projects of strangers, in empty folders, with the packed files and nothing else of this repository. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { installLine, nodes, Project, pythonWith } from './project.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const QUIET = '--no-audit --no-fund --loglevel=error --ignore-scripts'
let project: Project

before(
  async () => {
    project = Project.installed()
    const libraries = 'telegram@2.26.22 big-integer@1.6.52 @mtcute/node@0.30.3 vitest@5.1.2 jest@30.5.2'
    await project.run(`npm install --save-dev ${QUIET} ${libraries}`)
  },
  { timeout: 600_000 },
)
after(() => project.remove())

/** A code block of a page, named by the comment before it: `<!-- login.test.js -->`. */
function block(page: string, name: string): string {
  const text = readFileSync(join(root, page), 'utf8')
  const found = new RegExp(`<!-- ${name} -->\\n\`\`\`\\w+\\n([\\s\\S]*?)\`\`\``).exec(text)?.[1]
  assert.ok(found, `${page} has no block ${name}`)
  return found
}

for (const { name, path } of nodes()) {
  test(`GramJS with node:test signs in under ${name}`, { timeout: 600_000 }, async () => {
    project.write('gramjs.test.js', block('site/guides/fixtures.md', 'gramjs.test.js'))
    assert.match(await project.run('node --test gramjs.test.js', { node: path }), /pass 2/)
    project.write('gramjs-bot.test.js', block('site/guides/testing-a-bot.md', 'gramjs-bot.test.js'))
    assert.match(await project.run('node --test gramjs-bot.test.js', { node: path }), /pass 1/)
  })

  test(`mtcute and Cablegram with vitest sign in under ${name}`, { timeout: 600_000 }, async () => {
    project.write('mtcute.test.js', block('site/guides/fixtures.md', 'mtcute.test.js'))
    project.write('login.test.js', block('site/guides/testing-a-login.md', 'login.test.js'))
    const vitest = 'npx vitest run --testTimeout 60000 mtcute.test.js login.test.js'
    const said = await project.run(vitest, { node: path, env: { NO_COLOR: '1' } })
    assert.match(said, /Tests +4 passed/)
  })

  test(`Cablegram with jest signs in under ${name}`, { timeout: 600_000 }, async () => {
    project.write('jest.test.js', block('site/guides/fixtures.md', 'jest.test.js'))
    const jest = 'node --no-warnings --experimental-vm-modules node_modules/jest/bin/jest.js'
    await project.run(`${jest} --testTimeout 60000 --testMatch '**/jest.test.js'`, { node: path })
  })

  test(`a server works for a whole file and without a runner, under ${name}`, async () => {
    project.write('file.test.js', block('site/guides/fixtures.md', 'file.test.js'))
    assert.match(await project.run('node --test file.test.js', { node: path }), /pass 2/)
    project.write('script.js', block('site/guides/fixtures.md', 'script.js'))
    assert.match(await project.run('node script.js', { node: path }), /^Signed in as Ada\.$/m)
  })
}

test('Telethon and kurigram with pytest sign in', { timeout: 600_000 }, async () => {
  const wheel = installLine('pip').replace('pip install ', '')
  const python = pythonWith(project, wheel, 'pytest==9.2.0', 'telethon==1.45.0', 'kurigram==2.2.26')
  project.write('tests/test_telethon.py', block('site/guides/fixtures.md', 'test_telethon.py'))
  project.write('tests/test_kurigram.py', block('site/guides/fixtures.md', 'test_kurigram.py'))
  project.write('tests/test_login.py', block('site/guides/testing-a-login.md', 'test_login.py'))
  project.write('tests/test_bot.py', block('site/guides/testing-a-bot.md', 'test_bot.py'))
  project.write('tests/test_plugin.py', readFileSync(join(root, 'test/install/test_plugin.py'), 'utf8'))
  const said = await project.run(`${python} -m pytest -q -p no:cacheprovider tests`)
  assert.match(said, /\d+ passed/)
  assert.doesNotMatch(said, /skipped|warning/)
})

test('pytest says what to do if the command is missing or does not start', async () => {
  const python = `venv/bin/python -m pytest -q -p no:cacheprovider tests/test_plugin.py`
  const fails = (env: Record<string, string>) =>
    project.run(`${python} -k address`, { env }).then(assert.fail, (error: Error) => error.message)
  assert.match(await fails({ CABLEGRAM: 'false' }), /cablegram serve did not start/)
  assert.match(
    await fails({ CABLEGRAM: 'nowhere' }),
    /nowhere cannot be run .*: set CABLEGRAM to the command line/,
  )
  const elsewhere = `cp -r tests /tmp/cablegram-elsewhere-$$ && cd /tmp/cablegram-elsewhere-$$ && env PATH=/usr/bin:/bin ${join(project.folder, 'venv/bin/python')} -m pytest -q -p no:cacheprovider -k address; status=$?; rm -r /tmp/cablegram-elsewhere-$$; exit $status`
  const said = await project.run(elsewhere).then(assert.fail, (error: Error) => error.message)
  assert.match(said, /cablegram was not found in node_modules\/\.bin or on PATH\. Install it with npm/)
})
