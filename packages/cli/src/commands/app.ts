import type { Arguments, Command } from '../command.ts'
import { ANSWER_OPTIONS, askConsole } from '../console.ts'
import { CommandLineError } from '../errors.ts'
import { printAnswer, printable, table } from '../print.ts'

interface App {
  readonly apiId: number
  readonly apiHash: string
  readonly title: string
}

interface RefusedApp {
  readonly apiId: number
  readonly reason: 'unknown' | 'otherHash'
  readonly command: string
}

const add: Command = {
  name: 'add',
  summary: 'Make an app: a new api_id with its api_hash.',
  positionals: [{ name: 'TITLE', help: 'what the app is called', required: true }],
  options: ANSWER_OPTIONS,
  examples: [['npx cablegram app add "My app"', 'an api_id and an api_hash for a client of yours']],
  async run(args) {
    const body = { title: args.positionals[0] }
    const app = (await askConsole(args, '/api/apps', { method: 'POST', body })) as App
    printAnswer(args, app, `api_id   ${app.apiId}\napi_hash ${app.apiHash}`)
    return 0
  },
}

const allow: Command = {
  name: 'allow',
  summary: 'Let an app sign in that has its api_id and api_hash already.',
  positionals: [
    { name: 'API_ID', help: 'the api_id that its clients have', required: true },
    { name: 'API_HASH', help: 'the api_hash (default: the one that the app was refused with)' },
  ],
  options: { title: { value: 'TEXT', help: 'what the app is called' }, ...ANSWER_OPTIONS },
  examples: [
    ['npx cablegram app allow 17349', 'let in an app that was just refused'],
    ['npx cablegram app allow 17349 344583e45741c457fe1862106095a5eb --title Desktop', 'before it comes'],
  ],
  async run(args) {
    const [, apiHash] = args.positionals
    const body = { apiHash, title: args.text('title') }
    const app = (await askConsole(args, `/api/apps/${apiIdOf(args)}`, { method: 'PUT', body })) as App
    printAnswer(args, app, `App ${app.apiId} may sign in.`)
    return 0
  },
}

const set: Command = {
  name: 'set',
  summary: 'Change an app: its title, and what its clients may do.',
  positionals: [{ name: 'API_ID', help: 'the api_id of the app', required: true }],
  options: {
    title: { value: 'TEXT', help: 'what the app is called' },
    published: {
      value: 'on|off',
      oneOf: ['on', 'off'],
      help: 'on: refuse its logins with API_ID_PUBLISHED_FLOOD',
    },
    'sign-up': { value: 'on|off', oneOf: ['on', 'off'], help: 'whether its clients may make accounts' },
    'min-layer': { value: 'N', help: 'clients of lower layers are told to update; 0: any layer' },
    'min-version': { value: 'VERSION', help: "older clients are told to update; '': any version" },
    ...ANSWER_OPTIONS,
  },
  examples: [['npx cablegram app set 10001 --min-layer 200', 'old clients are told UPDATE_APP_TO_LOGIN']],
  async run(args) {
    const signUp = args.text('sign-up')
    const published = args.text('published')
    const body = {
      title: args.text('title'),
      published: published && published === 'on',
      signupForbidden: signUp && signUp === 'off',
      minLayer: args.number('min-layer'),
      minAppVersion: args.text('min-version'),
    }
    const app = (await askConsole(args, `/api/apps/${apiIdOf(args)}`, { method: 'PATCH', body })) as App
    printAnswer(args, app, `Changed app ${app.apiId}.`)
    return 0
  },
}

/** `cablegram app`: which apps may sign in. */
export const appCommand: Command = {
  name: 'app',
  summary: 'List the apps (api_id and api_hash) that may sign in to your server, or add some.',
  actions: [add, allow, set],
  options: ANSWER_OPTIONS,
  examples: [
    ['npx cablegram app', 'the apps, and those that were refused'],
    ['npx cablegram app add "My app"', 'make an app'],
  ],
  async run(args) {
    const { apps } = (await askConsole(args, '/api/apps')) as { apps: readonly App[] }
    const { apps: refused } = (await askConsole(args, '/api/apps/refused')) as { apps: readonly RefusedApp[] }
    const known = table(apps.map(({ apiId, apiHash, title }) => [String(apiId), apiHash, printable(title)]))
    printAnswer(args, { apps, refused }, `${known}\n${refusedText(refused)}`)
    return 0
  },
}

function refusedText(refused: readonly RefusedApp[]): string {
  if (refused.length === 0) return ''
  const rows = refused.map(({ apiId, reason, command }) => [
    String(apiId),
    reason === 'unknown' ? 'is not registered' : 'came with another api_hash',
    command,
  ])
  return `\nRefused with API_ID_INVALID, and the commands that let them in:\n${table(rows)}`
}

function apiIdOf({ positionals: [apiId = ''] }: Arguments): string {
  if (/^\d{1,10}$/.test(apiId)) return apiId
  throw new CommandLineError(`API_ID is a whole number from 1 to 2147483647, not "${apiId}".`)
}
