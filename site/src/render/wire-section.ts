import { type AnnotatedRow, annotateAnswer, annotateRequest, annotationText } from '@cablegram/tl/annotate'
import { encodeRequest, type MethodName, type Requests } from '@cablegram/tl/api'
import { CommandLineError } from '../../../packages/cli/src/errors.ts'
import { paramsFromJson } from '../../../packages/cli/src/tl-json.ts'
import { TEST_APP } from '../../../packages/server/src/start/test-app.ts'
import type { Example, MethodEntry } from '../model/model.ts'

/** Longer messages are shown by their beginning. */
const MAX_ROWS = 40

/** The bytes of the example's request and of its answer, each field with its name; nothing where no literal can make them. */
export function wireSection({
  name,
  example,
  answer,
}: Pick<MethodEntry, 'name' | 'example' | 'answer'>): string {
  const request = example && requestBytes(example)
  const options = { maxRows: MAX_ROWS }
  const parts = [
    ...(request === undefined
      ? []
      : [
          `The request of the example has ${lengthText(request)}. A client wraps the first one on a new key in [invokeWithLayer](/methods/invokeWithLayer) and [initConnection](/methods/initConnection).`,
          rowsText(annotateRequest(request, options)),
        ]),
    ...(answer === undefined
      ? []
      : [
          `The answer has ${lengthText(answer)}. A run of the example recorded them; ids, hashes and times are others in every run.`,
          rowsText(annotateAnswer(name, answer, options)),
        ]),
  ]
  return parts.length === 0 ? '' : ['## On the wire', ...parts].join('\n\n')
}

function lengthText({ length }: Uint8Array): string {
  return `${length} ${length === 1 ? 'byte' : 'bytes'}`
}

function rowsText(rows: readonly AnnotatedRow[]): string {
  return `\`\`\`wire\n${annotationText(rows).trimEnd()}\n\`\`\``
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
