/** Writes `site/guides/console-api.md`, the console's HTTP API, from its OpenAPI document: `node scripts/console-api-doc.ts`. */
import { writeFileSync } from 'node:fs'
import { startServer } from '@cablegram/server'
import type { JsonSchema } from '../packages/server/src/console/json-schema.ts'
import { whatItMayBe } from '../packages/server/src/console/problem.ts'

/** The path of the page. */
export const CONSOLE_API_DOC: URL = new URL('../site/guides/console-api.md', import.meta.url)

/** A part of the page: the requests whose paths begin so, and what has to be said about them. */
interface Part {
  readonly title: string
  readonly paths: readonly string[]
  readonly about: readonly string[]
  /** Typed by a test, in this order. */
  readonly example?: readonly string[]
}

const JSON_TYPE = "-H 'content-type: application/json'"
const LOCAL = 'http://127.0.0.1:10081'

const PARTS: readonly Part[] = [
  {
    title: 'The server',
    paths: ['/server.json', '/healthz', '/metrics', '/api/snippets', '/api/connections'],
    about: [
      '`/server.json` is all that a client has to know: the data centres with `id`, `host`, `port` and `wsUrl`; the public keys with',
      '`pem` and `fingerprint`; the apps with `apiId` and `apiHash`; the newest layer and the version.',
      '[Hosting](/guides/hosting) says more about the health check, [Faults](/guides/faults#metrics) about the metrics.',
    ],
    example: [`curl ${LOCAL}/server.json`, `curl ${LOCAL}/healthz`],
  },
  {
    title: 'Codes',
    paths: ['/api/codes'],
    about: [
      'The inbox has every code and mail that the server has sent, unless `--inbox off` was given. `wait` answers at once if the newest',
      'matching code can still be used, else when one comes, else with 204 after `timeoutMs` (30,000 by default). With `afterId` or',
      '`afterS` only newer codes match.',
    ],
    example: [`curl '${LOCAL}/api/codes/wait?phone=9996621234&timeoutMs=0'`],
  },
  {
    title: 'Accounts and their sessions',
    paths: ['/api/users'],
    about: [
      '`password` makes an account with two-step verification, `email` is the address that recovers the password, and `loginEmail` the',
      'address that codes go to. In a change, `null` takes one away. The hash of a session is that of',
      '[account.getAuthorizations](/methods/account.getAuthorizations).',
    ],
    example: [
      `curl -X POST ${LOCAL}/api/users ${JSON_TYPE} -d '{"phone":"+9996621234","firstName":"Ada"}'`,
      `curl '${LOCAL}/api/users?phone=9996621234'`,
    ],
  },
  {
    title: 'Rules for numbers and networks',
    paths: ['/api/phone-rules', '/api/network-rules'],
    about: ['[Testing a login](/guides/testing-a-login) shows what each rule does.'],
    example: [
      `curl -X PUT ${LOCAL}/api/phone-rules/999662 ${JSON_TYPE} -d '{"rule":"channels","channels":["call","sms"]}'`,
      `curl -X DELETE ${LOCAL}/api/phone-rules/999662`,
      `curl -X PUT ${LOCAL}/api/network-rules/192.0.2.1 ${JSON_TYPE} -d '{"dc":3}'`,
    ],
  },
  {
    title: 'Faults',
    paths: ['/api/faults'],
    about: ['[Faults](/guides/faults) explains every field.'],
    example: [
      `curl -X POST ${LOCAL}/api/faults ${JSON_TYPE} -d '{"method":"auth.sendCode","error":{"code":420,"type":"FLOOD_WAIT_30"},"times":1}'`,
      `curl -X DELETE ${LOCAL}/api/faults`,
    ],
  },
  {
    title: 'Files over the CDN',
    paths: ['/api/files'],
    about: [
      'The server has to be started with `--cdn chosen` or `--cdn all`. [Hosting](/guides/hosting#a-cdn) says what the CDN is.',
    ],
    example: [`curl -X PUT ${LOCAL}/api/files/5338049211405991234/cdn ${JSON_TYPE} -d '{"cdn":true}'`],
  },
  {
    title: 'The clock, and the start again',
    paths: ['/api/clock', '/api/reset'],
    about: ['The clock moves with `--test-clock` only. A reset needs `--memory` or `--test-clock`.'],
    example: [
      `curl -X POST ${LOCAL}/api/clock/advance ${JSON_TYPE} -d '{"seconds":300}'`,
      `curl -X POST ${LOCAL}/api/reset`,
    ],
  },
  {
    title: 'Apps',
    paths: ['/api/apps'],
    about: [
      'An app is an api_id with its api_hash. `PUT` admits one that exists elsewhere. Without `apiHash` it takes the hash with which the',
      'app tried to sign in. `published` makes [auth.sendCode](/methods/auth.sendCode) refuse the app with API_ID_PUBLISHED_FLOOD,',
      '`signupForbidden` refuses new accounts, `minLayer` and `minAppVersion` refuse older clients with UPDATE_APP_TO_LOGIN.',
    ],
    example: [`curl -X POST ${LOCAL}/api/apps ${JSON_TYPE} -d '{"title":"My app"}'`],
  },
  {
    title: 'Bots, web tokens, payments',
    paths: ['/api/bots', '/api/web-tokens', '/api/payments'],
    about: [
      'A bot signs in with its token by [auth.importBotAuthorization](/methods/auth.importBotAuthorization), a page with a web token by',
      '[auth.importWebTokenAuthorization](/methods/auth.importWebTokenAuthorization). Codes wait to be paid for if a rule has the',
      'channel `payment` and the server was started with `--code-payments operator`.',
    ],
    example: [
      `curl -X POST ${LOCAL}/api/bots ${JSON_TYPE} -d '{"username":"example_bot"}'`,
      `curl -X POST ${LOCAL}/api/users ${JSON_TYPE} -d '{"phone":"+9996624321","firstName":"Grace"}'`,
      `curl -X POST ${LOCAL}/api/web-tokens ${JSON_TYPE} -d '{"phone":"+9996624321"}'`,
    ],
  },
  {
    title: 'People on demand',
    paths: ['/api/people'],
    about: [
      'A test writes as somebody, and waits for what they are told, without a client. `{id}` is an id, a `@username` or a `+phone`; so',
      'are `to`, `with` and `from`, where `me` is the person. A group is named by its id, which is below zero. The ids of messages are those',
      'of the person’s own box: each side of a chat has its own. What the server would refuse a client is refused with the same name.',
    ],
    example: [
      `curl -X POST ${LOCAL}/api/people ${JSON_TYPE} -d '{"firstName":"Ada","username":"ada_lovelace"}'`,
      `curl -X POST ${LOCAL}/api/people ${JSON_TYPE} -d '{"firstName":"Bob","username":"bob_builder"}'`,
      `curl -X POST ${LOCAL}/api/people/@ada_lovelace/messages ${JSON_TYPE} -d '{"to":"@bob_builder","text":"Hello"}'`,
      `curl '${LOCAL}/api/people/@bob_builder/messages/wait?from=@ada_lovelace&timeoutMs=0'`,
    ],
  },
  {
    title: 'The audit trail, and backups',
    paths: ['/api/audit', '/api/backups'],
    about: [
      '[The audit trail](/guides/faults#the-audit-trail) says what the events are, [Hosting](/guides/hosting#backups) what a backup is.',
    ],
    example: [`curl '${LOCAL}/api/audit?limit=10'`],
  },
]

interface Operation {
  readonly summary: string
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly required?: boolean
    readonly schema: JsonSchema
  }[]
  readonly requestBody?: {
    readonly content: { readonly 'application/json': { readonly schema: JsonSchema } }
  }
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>> }>
  >
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

const HEAD = `---
title: The console API
description: The HTTP API of the console, with every request, its fields and its answers.
order: 120
---

The console is a small HTTP server beside the Telegram server: http://127.0.0.1:10081 unless \`--console-port\` says otherwise. It
shows codes, makes accounts, sets rules, causes faults and moves the clock. The commands of \`npx cablegram\` use nothing else;
[The server in a program](/guides/server-api#calls) has the command and the call beside each request.

- Bodies and answers are JSON, and a body needs the header \`content-type: application/json\`. A field that does not exist is refused.
- Names that end in \`S\` are Unix times or durations in seconds, names that end in \`Ms\` are in milliseconds.
- In paths and queries only the digits of a number count: \`9996621234\` and \`+999 662 1234\` are the same.
- A refusal has a status and \`{"error":{"code","message","next"}}\`: a code to compare, a sentence, and the next step.
  [Error codes of Cablegram](/guides/errors#the-console-api) lists the codes.
- On loopback no token is needed. Elsewhere each request needs \`Authorization: Bearer TOKEN\`, except \`/healthz\`.
- A page of another origin is refused, unless \`--allow-origin\` names its origin.
- \`GET /openapi.json\` describes all requests for programs, and \`GET /docs\` has this reference.

\`node scripts/console-api-doc.ts\` writes the tables of this page from the OpenAPI document; a test compares the two.
`

/** The page as it should be. @throws Error if a request belongs to no part */
export async function renderConsoleApiDoc(): Promise<string> {
  await using server = await startServer({ store: 'memory' })
  const document: Document = JSON.parse(await (await fetch(`${server.info.console}/openapi.json`)).text())
  const parts = PARTS.map((part) => ({ part, operations: operationsOf(document, part) }))
  const shown = parts.flatMap(({ operations }) => operations.map(({ path }) => path))
  const missing = Object.keys(document.paths).filter((path) => !shown.includes(path))
  if (missing.length > 0) throw new Error(`no part of the page has ${missing.join(', ')}`)
  return `${HEAD}${parts.map(({ part, operations }) => renderPart(part, operations)).join('')}`
}

interface Request {
  readonly method: string
  readonly path: string
  readonly operation: Operation
}

function operationsOf({ paths }: Document, part: Part): Request[] {
  return Object.entries(paths)
    .filter(([path]) => part.paths.some((begin) => path === begin || path.startsWith(`${begin}/`)))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        operation,
      })),
    )
}

function renderPart({ title, about, example }: Part, operations: readonly Request[]): string {
  const shown = example === undefined ? [] : ['```sh', ...example, '```', '']
  return `${['', `## ${title}`, '', ...about, '', ...shown, ...operations.flatMap(renderRequest)]
    .join('\n')
    .trimEnd()}\n`
}

function renderRequest({ method, path, operation }: Request): string[] {
  const { summary, parameters = [], requestBody, responses } = operation
  const body = requestBody?.content['application/json'].schema
  const rows = [
    ...parameters.map((each) => row(each.name, each.in, each.required === true, each.schema)),
    ...fieldsOf(body).map(([name, schema]) =>
      row(name, 'body', body?.required?.includes(name) === true, schema),
    ),
  ]
  const table =
    rows.length === 0 ? [] : ['| field | in | required | value |', '|---|---|---|---|', ...rows, '']
  return [`### ${method} ${path}`, '', `${summary}.`, '', ...table, `Answers ${answers(responses)}.`, '']
}

function row(name: string, place: string, isRequired: boolean, schema: JsonSchema): string {
  return `| \`${name}\` | ${place} | ${isRequired ? 'yes' : ''} | ${value(schema)} |`
}

/** An object names its fields, so that nobody has to open the OpenAPI document for them. */
function value(schema: JsonSchema): string {
  const { properties } = schema
  if (properties === undefined) return whatItMayBe(schema).replaceAll('|', '\\|')
  return `an object: ${Object.entries(properties)
    .map(([name, inner]) => `\`${name}\` ${value(inner)}`)
    .join('; ')}`
}

function fieldsOf(schema: JsonSchema | undefined): [string, JsonSchema][] {
  return Object.entries(schema?.properties ?? {})
}

function answers(responses: Operation['responses']): string {
  const good = Object.entries(responses).filter(([status, { content }]) => {
    const schema = content?.['application/json']?.schema
    return Number(status) < 300 || schema?.properties?.['error'] === undefined
  })
  return good
    .map(([status, { content }]) => {
      const [type, shape] = Object.entries(content ?? {})[0] ?? []
      if (shape === undefined) return `${status} without a body`
      if (type !== 'application/json') return `${status} with text`
      return `${status} with ${fieldNames(shape.schema)}`
    })
    .join(', or ')
}

function fieldNames(schema: JsonSchema): string {
  const names = fieldsOf(schema).map(([name, inner]) => {
    const items = inner.items
    const nested =
      items === undefined
        ? ''
        : ` (a list of ${items.properties ? `objects: ${fieldNames(items)}` : whatItMayBe(items)})`
    return `\`${name}\`${nested}`
  })
  return names.join(', ')
}

if (import.meta.main) writeFileSync(CONSOLE_API_DOC, await renderConsoleApiDoc())
