/** The line that `npm run pack` prints for each package manager, in an empty folder. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodes, Project, tool } from './project.ts'

const PROGRAM = `import { memorySession, TelegramClient } from '@cablegram/client'
import { startCablegram } from '@cablegram/fixtures'
import { startServer } from '@cablegram/server'
const server = await startServer()
const client = new TelegramClient(memorySession(), { server: server.info })
console.log((await client.help.getNearestDc())._, typeof startCablegram)
await client.close()
await server.close()
`

const MANAGERS = [
  { name: 'npm', manager: 'npm', script: undefined, run: (file: string) => `node ${file}` },
  { name: 'pnpm', manager: 'pnpm', script: 'pnpm/bin/pnpm.cjs', run: (file: string) => `node ${file}` },
  {
    name: 'Yarn 1',
    manager: 'yarn',
    script: 'yarn-classic/bin/yarn.js',
    run: (file: string) => `node ${file}`,
  },
  {
    name: 'Yarn 4',
    manager: 'yarn',
    script: '@yarnpkg/cli-dist/bin/yarn.js',
    run: (file: string) => `yarn node ${file}`,
  },
] as const

for (const { name, manager, script, run } of MANAGERS) {
  test(`with ${name} the packages install and run on each Node`, async (t) => {
    const project = new Project()
    t.after(() => project.remove())
    if (script !== undefined) project.addCommand(manager, tool(script))
    // Yarn 4 looks for a project in the parent folders unless there is a lock file.
    if (name === 'Yarn 4') project.write('yarn.lock', '')
    await project.install(manager)
    project.write('program.js', PROGRAM)
    for (const node of nodes()) {
      const said = await project.run(run('program.js'), { node: node.path })
      assert.equal(said, 'nearestDc function\n', node.name)
    }
  })
}
