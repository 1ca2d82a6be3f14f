import { didYouMean } from '@cablegram/tl'
import type { MethodName, Params, Requests } from '@cablegram/tl/api'
import { defaultsOf } from '../call-defaults.ts'
import { CLIENT_OPTIONS, withClient } from '../client.ts'
import type { Arguments, Command } from '../command.ts'
import { CommandLineError } from '../errors.ts'
import { fieldOf } from '../field-of.ts'
import { paramsFromJson, toJson } from '../tl-json.ts'

/** `cablegram call`: calls any method of the API, in JSON. */
export const callCommand: Command = {
  name: 'call',
  summary: 'Call any method of the Telegram API and print its answer as JSON.',
  positionals: [
    { name: 'METHOD', help: 'its name, such as help.getConfig', required: true },
    { name: 'JSON', help: 'the parameters, with camelCase names (default: {})' },
  ],
  options: {
    password: { value: 'TEXT', help: 'the password, for methods that take its proof' },
    get: { value: 'FIELD', help: 'print only this field of the answer, such as user.firstName or 0.id' },
    ...CLIENT_OPTIONS,
  },
  notes: [
    'A TL object is a JSON object whose "_" is the constructor. Longs are decimal strings and bytes are base64,\nin the parameters and in the answer.',
    "The command fills in apiId and apiHash if both are left out: those of --api-id and --api-hash, or the server's own.\nWith --password it also proves the password; the password itself is not sent.",
  ],
  examples: [
    ['npx cablegram call help.getConfig', 'get the configuration of the server'],
    [
      `npx cablegram call auth.sendCode '{"phoneNumber":"+9996621234","settings":{"_":"codeSettings"}}' --get phoneCodeHash`,
      'send a code and print its phoneCodeHash',
    ],
    [`npx cablegram call users.getUsers '{"id":[{"_":"inputUserSelf"}]}'`, 'get the user who is signed in'],
  ],
  run: callMethod,
}

async function callMethod(args: Arguments): Promise<number> {
  const [name = '', json = '{}'] = args.positionals
  const { encodeRequest, methods } = await import('@cablegram/tl/api')
  const method = methods().find((known) => known === name)
  if (method === undefined) throw new CommandLineError(unknownMethod(name, methods()))
  // The codec checks every value, whatever type the compiler is told.
  const defaults = defaultsOf(method, args.text('password'))
  const params = paramsFromJson(method, json, (request) =>
    encodeRequest(defaults.complete(request) as Requests[MethodName]),
  )
  const result = await withClient(args, async (client) =>
    client.call(method, (await defaults.fill(params, client)) as Params<MethodName>),
  )
  const field = args.text('get')
  process.stdout.write(`${field === undefined ? toJson(result, 2) : fieldOf(result, field)}\n`)
  return 0
}

function unknownMethod(name: string, known: readonly string[]): string {
  const next = didYouMean(name, known) || 'The methods are listed at https://core.telegram.org/methods.'
  return `there is no method ${name}. ${next}`
}
