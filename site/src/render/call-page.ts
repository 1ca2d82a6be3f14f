import type { DailyCallEntry } from '../model/daily-calls.ts'
import type { Model } from '../model/model.ts'
import { firstSentence, methodLink, plain, table } from './inline.ts'
import type { Block, Page } from './page.ts'

const SAME = 'The tests run both programs against `npx cablegram serve --memory`.'

/** The page of a daily call of the client. */
export function callPage(call: DailyCallEntry): Page {
  const { name, about } = call
  return {
    path: `/calls/${name}`,
    kind: 'call',
    title: `client.${name}`,
    description: plain(firstSentence(about)),
    trail: [{ title: 'Daily calls', path: '/calls' }],
    blocks: blocksOf(call),
  }
}

function blocksOf(call: DailyCallEntry): Block[] {
  const { about, methods } = call
  const blocks: Block[] = [
    about,
    `\`\`\`ts\n${call.signature}\n\`\`\``,
    '## Example',
    {
      kind: 'tabs',
      tabs: [
        { title: 'TypeScript', language: 'ts', code: call.typescript },
        { title: 'Lua', language: 'lua', code: call.lua },
      ],
    },
    call.shows === call.luaShows
      ? `${SAME} They print:\n\n${output(call.shows)}`
      : `${SAME} The first one prints:\n\n${output(call.shows)}\n\nThe second one:\n\n${output(call.luaShows)}`,
    optionsSection(call),
    call.returns === undefined ? '' : `## Answers\n\nGives ${call.returns}.`,
    call.throws === undefined
      ? ''
      : `## Errors\n\n${call.throws}. [All codes](/guides/errors) of the client.`,
    methods.length === 0
      ? ''
      : `## Methods\n\nIt calls ${methods.map(methodLink).join(', ')}; their pages have the errors of the server.`,
    `See [the client](/guides/client#daily-calls) and, for scripts, [Lua](/guides/lua#daily-calls).`,
  ]
  return blocks.filter((block) => block !== '')
}

function output(lines: string): string {
  return `\`\`\`text\n${lines}\n\`\`\``
}

function optionsSection({ options }: DailyCallEntry): string {
  if (options.length === 0) return ''
  const rows = options.map(({ name, type, about }) => [
    `\`${name}\``,
    `\`${type.replaceAll('|', '\\|')}\``,
    about,
  ])
  return `## Options\n\n${table(['option', 'type', ''], rows)}`
}

/** Every daily call by its name. */
export function callsIndex({ calls }: Model): Page {
  const description = `The ${calls.size} daily calls of the client, each with its options and an example.`
  const rows = [...calls.values()].map(({ name, about }) => [
    `[${name}](/calls/${name})`,
    firstSentence(about),
  ])
  return {
    path: '/calls',
    kind: 'index',
    title: 'Daily calls',
    description,
    trail: [],
    blocks: [description, table(['call', ''], rows)],
  }
}
