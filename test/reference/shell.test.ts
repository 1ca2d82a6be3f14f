/** The shell of these tests reads printed commands as a real one does. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { printedExamples } from '../../site/printers/index.ts'
import { commandsIn, firstCommands } from './printed-text.ts'
import { words } from './shell.ts'

const VALUE = 'AbC+/=_9'
const END = '--'

/** Every command of every page once, without the assignment around it. */
async function allCommands(): Promise<string[]> {
  const examples = [...(await printedExamples()).values()]
  const lines = examples.flatMap(({ typescript, command = '', more = [] }) => [
    ...firstCommands(typescript),
    ...commandsIn(command),
    ...more.flatMap((snippet) => commandsIn(snippet.command ?? '')),
  ])
  return [...new Set(lines.map((line) => /^\w+=\$\((.*)\)$/.exec(line)?.[1] ?? line))]
}

test('each printed command has the same words in sh', async () => {
  const commands = await allCommands()
  assert.ok(commands.length > 700)
  const names = [
    ...new Set(commands.flatMap((line) => [...line.matchAll(/\$(\w+)/g)].map(([, name = '']) => name))),
  ]
  const script = [
    ...names.map((name) => `${name}='${VALUE}'`),
    `say() { for word in "$@"; do printf '%s\\n' "$word"; done; printf '%s\\n' ${END}; }`,
    ...commands.map((line) => `say ${line}`),
  ].join('\n')
  const { stdout, status } = spawnSync('sh', { input: script, encoding: 'utf8', maxBuffer: 1 << 24 })
  assert.equal(status, 0)
  const inShell = stdout.split(`\n${END}\n`).slice(0, -1)
  const variables = new Map(names.map((name) => [name, VALUE]))
  assert.deepEqual(
    commands.map((line) => words(line, variables).join('\n')),
    inShell,
  )
})
