import { annotateRequest, annotationText } from '@cablegram/tl/annotate'
import { encodeRequest, type MethodName, type Requests } from '@cablegram/tl/api'
import { CommandLineError } from '../../../packages/cli/src/errors.ts'
import { paramsFromJson } from '../../../packages/cli/src/tl-json.ts'
import { TEST_APP } from '../../../packages/server/src/test-app.ts'
import type { Example } from '../model/model.ts'

/** Longer requests are shown by their beginning. */
const MAX_ROWS = 60

/** The bytes of the example's request, each field with its name; nothing where no literal can make it. */
export function wireSection(example: Example | undefined): string {
  const bytes = example && requestBytes(example)
  if (bytes === undefined) return ''
  const rows = annotateRequest(bytes)
  const lines = annotationText(rows.slice(0, MAX_ROWS)).trimEnd()
  const more = rows.length > MAX_ROWS ? `\n… and ${rows.length - MAX_ROWS} more rows` : ''
  return [
    '## On the wire',
    `The request of the example has ${bytes.length} bytes. A client wraps the first one on a new key in [invokeWithLayer](/methods/invokeWithLayer) and [initConnection](/methods/initConnection).`,
    `\`\`\`wire\n${lines}${more}\n\`\`\``,
  ].join('\n\n')
}

/** The request of an example, from the parameters of its command line. */
export function requestBytes({ method, command = '' }: Example): Uint8Array | undefined {
  const json = lastCall(method, command)
  if (json === undefined) return undefined
  try {
    const encode = (request: { readonly _: string }) => encodeRequest(request as Requests[MethodName])
    const params = paramsFromJson(method, json, encode)
    return encode({ ...params, _: method })
  } catch (error) {
    // A variable of the shell stands for a number or bytes.
    if (error instanceof CommandLineError) return undefined
    throw error
  }
}

function lastCall(method: string, command: string): string | undefined {
  const start = `npx cablegram call ${method}`
  const line = command.split('\n').findLast((each) => each === start || each.includes(`${start} `))
  if (line === undefined) return undefined
  const rest = line.slice(line.indexOf(start) + start.length)
  const quoted = /^ '((?:[^']|'\\''|'\$\w+')*)'/.exec(rest)?.[1] ?? '{}'
  // A number that the shell fills in stands without quotes; any number shows its bytes.
  const text = quoted
    .replaceAll("'\\''", "'")
    .replace(/([:,[])'\$\w+'/g, '$11')
    .replace(/'(\$\w+)'/g, '$1')
  return withApp(method, text)
}

/** The command fills in the app. */
function withApp(method: string, json: string): string {
  const params: Record<string, unknown> = JSON.parse(json)
  const { apiId, apiHash } = TEST_APP
  return JSON.stringify(TAKE_AN_APP.has(method) ? { apiId, apiHash, ...params } : params)
}

const TAKE_AN_APP: ReadonlySet<string> = new Set([
  'auth.sendCode',
  'auth.exportLoginToken',
  'auth.importBotAuthorization',
  'auth.initPasskeyLogin',
  'auth.importWebTokenAuthorization',
])
