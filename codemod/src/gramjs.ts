import { constructorNames, constructorShape, methodNames } from '@cablegram/tl/fields'
import { CALLS } from './calls.ts'
import type { Context } from './context.ts'
import { importsOf } from './imports.ts'
import { type Kind, Kinds } from './kinds.ts'
import { KEPT, MEMBERS, RAW } from './members.ts'
import { at, bare, dotted, listAt, memberName, methodCall, nameOf, textOf } from './nodes.ts'
import { bigintRule, fillNumbers } from './numbers.ts'
import { isQuiet, optionsOfClient } from './options.ts'
import { notePeers, peerRule } from './peers.ts'
import { type Node, parseProgram, Rewriter, type Todo } from './rewriter.ts'

/** A rewritten program. */
export interface Rewritten {
  readonly text: string
  readonly todos: readonly Todo[]
}

/**
 * Rewrites a program for GramJS as one for Cablegram.
 *
 * @throws SyntaxError if the text is no program
 */
export function fromGramJs(text: string): Rewritten | undefined {
  const program = parseProgram(text)
  const imports = importsOf(program)
  if (imports.statements.length === 0) return undefined
  const context: Context = {
    kinds: new Kinds(program),
    imports: new Set(),
    peers: new Map(),
    longs: new Set(),
    isModule: !imports.isRequire,
  }
  const rewriter = new Rewriter(text, (node, self) =>
    imports.statements.includes(node) ? IMPORT : ruleOf(node, self, context),
  )
  const body = rewriter.splice(program)
  const added = imports.lineOf(context.imports)
  const first = body.indexOf(IMPORT)
  const whole = `${body.slice(0, first)}${added}\n${body.slice(first + IMPORT.length)}`
  const lines = whole
    .replaceAll(new RegExp(`[ \\t]*${IMPORT};?[ \\t]*\\n?`, 'g'), '')
    .replace(`${added}\n\n`, `${added}\n`)
  return { text: text.slice(0, program.start) + lines + text.slice(program.end), todos: rewriter.todos }
}

/** Stands where an import was, or another statement that is not needed any more. */
const IMPORT = '\u0000'

function ruleOf(node: Node, rewriter: Rewriter, context: Context): string | undefined {
  const peer = context.peers.get(node)
  const text = peer && peerRule(node, peer, rewriter, context)
  const replaced = text ?? bigintRule(node, rewriter, context)
  if (replaced !== undefined) return replaced
  switch (node.type) {
    case 'ExpressionStatement':
      return logLevelRule(node, rewriter, context)
    case 'NewExpression':
      return newRule(node, rewriter, context)
    case 'CallExpression':
      return callRule(node, rewriter, context)
    case 'MemberExpression':
    case 'OptionalMemberExpression':
      return memberRule(node, rewriter, context)
    case 'BinaryExpression':
      return instanceRule(node, rewriter, context)
    case 'TSTypeReference':
      return typeRule(node, rewriter, context)
    case 'VariableDeclarator':
      return patternRule(node, rewriter, context)
    case 'ObjectProperty':
      return shorthandRule(node, rewriter)
    case 'Identifier':
      if (nameOf(node) === 'TelegramClient') context.imports.add('TelegramClient')
      return undefined
    default:
      return undefined
  }
}

const CONSTRUCTORS = new Map(constructorNames().map((name) => [name.toLowerCase(), name]))
const METHODS = new Map(methodNames().map((name) => [name.toLowerCase(), name]))

function newRule(node: Node, rewriter: Rewriter, context: Context): string | undefined {
  const name = dotted(at(node, 'callee'))
  const args = listAt(node, 'arguments')
  if (name === 'StringSession') return stringSession(args[0], node, rewriter, context)
  if (name === 'StoreSession') {
    rewriter.todo(
      node,
      'sign in once, or convert the session. Guide "Coming from GramJS", Sessions and login',
    )
    const folder = textOf(args[0])
    return folder === undefined
      ? `\`\${${args[0] ? rewriter.render(args[0]) : "'me'"}}.session\``
      : `'${folder}.session'`
  }
  if (name === 'TelegramClient') return newClient(node, args, rewriter, context)
  if (name?.startsWith('Api.')) return apiValue(name, args[0], node, rewriter, context)
  return undefined
}

function stringSession(text: Node | undefined, node: Node, rewriter: Rewriter, { imports }: Context): string {
  imports.add('memorySession')
  if (text === undefined || textOf(text) === '') return 'memorySession()'
  rewriter.todo(
    node,
    'convert the string once, with importSession. Guide "Coming from GramJS", Sessions and login',
  )
  return `memorySession(${rewriter.render(text)})`
}

function newClient(
  node: Node,
  args: readonly Node[],
  rewriter: Rewriter,
  { imports }: Context,
): string | undefined {
  const [session, apiId, apiHash, options] = args
  if (session === undefined || apiId === undefined || apiHash === undefined) return undefined
  imports.add('TelegramClient')
  const id = rewriter.render(apiId)
  const hash = rewriter.render(apiHash)
  const entries = [id === 'apiId' ? id : `apiId: ${id}`, hash === 'apiHash' ? hash : `apiHash: ${hash}`]
  if (options !== undefined) entries.push(...optionsOfClient(options, node, rewriter))
  return `new TelegramClient(${rewriter.render(session)}, { ${entries.join(', ')} })`
}

/** `new Api.InputPeerUser({ … })` as a plain object. */
function apiValue(
  name: string,
  fields: Node | undefined,
  node: Node,
  rewriter: Rewriter,
  context: Context,
): string | undefined {
  const path = name.slice('Api.'.length)
  const known = CONSTRUCTORS.get(path.toLowerCase())
  if (known === undefined) {
    const what = METHODS.has(path.toLowerCase())
      ? 'a request is made by a call'
      : 'there is no such constructor'
    rewriter.todo(node, `${name}: ${what}. Guide "Coming from GramJS", Values`)
    return undefined
  }
  notePeers(known, fields, context)
  const filled = fillNumbers(known, fields, node, rewriter, context)
  const inner = filled || (fields === undefined ? '' : insideOf(fields, rewriter))
  return inner === '' ? `{ _: '${known}' }` : `{ _: '${known}', ${inner} }`
}

/** The properties of an object, without its braces. */
function insideOf(object: Node, rewriter: Rewriter): string {
  if (object.type !== 'ObjectExpression') return `...${rewriter.render(object)}`
  return rewriter.splice(object).slice(1, -1).trim().replace(/,$/, '')
}

function callRule(node: Node, rewriter: Rewriter, context: Context): string | undefined {
  const callee = at(node, 'callee')
  const args = listAt(node, 'arguments')
  if (nameOf(callee) === 'bigInt') {
    const digits = textOf(args[0])
    return digits !== undefined && /^-?\d+$/.test(digits)
      ? `${digits}n`
      : `BigInt(${args.map((each) => rewriter.render(each)).join(', ')})`
  }
  const call = methodCall(node)
  if (call === undefined) return undefined
  const { object, method } = call
  if (dotted(object) === 'Button') return buttonRule(call.method, args, node, rewriter)
  if (method === 'save' && memberName(object) === 'session') {
    const client = at(object, 'object')
    return client && `(await ${rewriter.render(client)}.exportSession())`
  }
  if (method === 'invoke' && context.kinds.isClient(object))
    return invokeRule(object, args[0], node, rewriter, context)
  if (memberName(object) === 'session') {
    rewriter.todo(
      node,
      method === 'setDC'
        ? 'the option server names the server: \'test\', or an address. Guide "Coming from GramJS", Options'
        : 'the client keeps its session. Guide "Coming from GramJS", Sessions and login',
    )
  }
  const kind = context.kinds.isClient(object) ? 'client' : context.kinds.of(object)
  const rule = kind && CALLS[kind]?.[method]
  if (rule !== undefined) return rule({ node, object, args, rewriter, context })
  if (kind === 'client' && !SAME.has(method) && !SPOKEN_OF.has(method)) {
    rewriter.todo(node, `${method} has another form, or none. Guide "Coming from GramJS", Every call`)
  }
  return undefined
}

/** Methods of a client that have the same name and arguments. */
const SAME = new Set(['connect', 'getMe', 'on'])
/** Methods that a rule for statements speaks of. */
const SPOKEN_OF = new Set(['setLogLevel'])

function invokeRule(
  client: Node,
  request: Node | undefined,
  node: Node,
  rewriter: Rewriter,
  context: Context,
): string | undefined {
  const made = bare(request)
  const name = made?.type === 'NewExpression' ? dotted(at(made, 'callee')) : undefined
  const method = METHODS.get((name ?? '').replace('Api.', '').toLowerCase())
  if (made === undefined || method === undefined) {
    rewriter.todo(node, 'name the method: client.call(name, params). Guide "Coming from GramJS", Values')
    return undefined
  }
  const path = method.includes('.') ? method : `root.${method}`
  const [params] = listAt(made, 'arguments')
  notePeers(method, params, context)
  const filled = fillNumbers(method, params, node, rewriter, context)
  const given = params === undefined ? '' : rewriter.render(params)
  return `${rewriter.render(client)}.${path}(${filled === '' ? given : `{ ${filled} }`})`
}

function buttonRule(kind: string, args: readonly Node[], node: Node, rewriter: Rewriter): string | undefined {
  const text = args[0] && rewriter.render(args[0])
  if (kind === 'text') return text
  if (kind === 'clear') return "'remove'"
  if (kind === 'forceReply') return "'forceReply'"
  const field = { inline: 'data', url: 'url', switchInline: 'switchInline' }[kind]
  if (field === undefined || text === undefined) {
    rewriter.todo(node, `Button.${kind} has another form. Guide "Bots", Keyboards`)
    return undefined
  }
  const value = bare(args[1])
  const bytes = methodCall(value)
  const plain = bytes?.method === 'from' && dotted(bytes.object) === 'Buffer' ? bytes.args[0] : value
  return `{ text: ${text}, ${field}: ${plain === undefined ? text : rewriter.render(plain)} }`
}

/** Where a comparison needs no parentheses. */
const STANDS_ALONE = new Set([
  'IfStatement',
  'CallExpression',
  'ObjectProperty',
  'VariableDeclarator',
  'ReturnStatement',
  'TemplateLiteral',
])

function memberRule(node: Node, rewriter: Rewriter, { kinds }: Context): string | undefined {
  const [object, name] = [at(node, 'object'), memberName(node)]
  if (object === undefined || name === undefined) return undefined
  const kind = kinds.of(object)
  const own = kind && MEMBERS[kind]
  const renamed = own && Object.hasOwn(own, name) ? own[name] : undefined
  if (renamed === undefined) {
    if (name === 'className')
      rewriter.todo(node, 'compare `_`, the name of the constructor. Guide "Coming from GramJS", Values')
    else if (kind !== undefined && KEPT[kind]?.includes(name) === false)
      unknownMember(node, kind, name, rewriter)
    return undefined
  }
  const dot = node.type === 'OptionalMemberExpression' && node['optional'] === true ? '?.' : '.'
  const text = `${rewriter.render(object)}${dot}${renamed}`
  return renamed.includes(' ') && !STANDS_ALONE.has(rewriter.parent?.type ?? '') ? `(${text})` : text
}

/** A member that the values of Cablegram do not have. */
function unknownMember(node: Node, kind: Kind, name: string, rewriter: Rewriter): void {
  const isField = RAW[kind]?.some((of) => constructorShape(of)?.fields.some(({ key }) => key === name))
  const where = isField === true ? 'is in raw, the TL value' : 'has another form, or none'
  rewriter.todo(node, `${name} ${where}. Guide "Coming from GramJS", Every call`)
}

/** `client.setLogLevel('none')`: Cablegram's client writes no log of its own. */
function logLevelRule(node: Node, rewriter: Rewriter, { kinds }: Context): string | undefined {
  const call = methodCall(at(node, 'expression'))
  const isLevel =
    (call?.method === 'setLogLevel' && kinds.isClient(call.object)) ||
    (call?.method === 'setLevel' && dotted(call.object) === 'Logger')
  if (!isLevel) return undefined
  const isAlone = rewriter.parent === undefined || rewriter.parent.type === 'BlockStatement'
  if (isQuiet(call?.args[0]) && isAlone) return IMPORT
  rewriter.todo(node, 'the option logger takes the lines of a log. Guide "Coming from GramJS", Options')
  return undefined
}

/** `error instanceof RPCError`, `answer instanceof Api.auth.SentCode`. */
function instanceRule(node: Node, rewriter: Rewriter, { imports, kinds }: Context): string | undefined {
  if (node['operator'] !== 'instanceof') return undefined
  const [left, name] = [at(node, 'left'), dotted(at(node, 'right'))]
  if (left === undefined || name === undefined) return undefined
  const value = rewriter.render(left)
  const error = name.replace(/^errors\./, '')
  if (error === 'RPCError' || error === 'FloodWaitError') {
    imports.add('RpcError')
    const flood = error === 'RPCError' ? '' : ` && ${value}.type === 'FLOOD_WAIT'`
    return `${value} instanceof RpcError${flood}`
  }
  const chat = CHATS[name]
  if (chat !== undefined && kinds.of(left) === 'entity') return `${value}?.kind ${chat}`
  const known = name.startsWith('Api.') ? CONSTRUCTORS.get(name.slice(4).toLowerCase()) : undefined
  return known && `${value}?._ === '${known}'`
}

/** The classes of users and chats, by the kinds of those that the client gives. */
const CHATS: Readonly<Record<string, string>> = {
  'Api.User': "=== 'user'",
  'Api.Chat': "=== 'group'",
  'Api.Channel': "!== 'user'",
}

const TYPES: Readonly<Record<string, string>> = {
  NewMessageEvent: 'MessageEvent',
  EditedMessageEvent: 'MessageEvent',
  DeletedMessageEvent: 'DeleteEvent',
  CallbackQueryEvent: 'CallbackQueryEvent',
  TelegramClient: 'TelegramClient',
}

function typeRule(node: Node, rewriter: Rewriter, { imports }: Context): string | undefined {
  const name = dotted(at(node, 'typeName'))
  const type = name === undefined ? undefined : TYPES[name]
  if (type !== undefined) {
    imports.add(type === 'TelegramClient' ? type : `type ${type}`)
    return type
  }
  if (name?.startsWith('Api.')) {
    rewriter.todo(node, `take the type ${name} from @cablegram/tl/api. Guide "Coming from GramJS", Values`)
  }
  return undefined
}

/** `const { chatId } = event`: the names are those of GramJS. */
function patternRule(node: Node, rewriter: Rewriter, { kinds }: Context): undefined {
  const pattern = at(node, 'id')
  const members = MEMBERS[kinds.of(at(node, 'init')) ?? 'client']
  if (pattern?.type !== 'ObjectPattern' || members === undefined) return undefined
  const names = listAt(pattern, 'properties').flatMap((each) => nameOf(at(each, 'key')) ?? [])
  for (const name of names.filter((each) => Object.hasOwn(members, each))) {
    rewriter.todo(node, `${name} is ${members[name]} now. Guide "Coming from GramJS", Every call`)
  }
  return undefined
}

/** `{ message }` whose value has another name now. */
function shorthandRule(node: Node, rewriter: Rewriter): string | undefined {
  const value = at(node, 'value')
  if (node['shorthand'] !== true || value === undefined) return undefined
  const text = rewriter.render(value)
  return text === rewriter.source(value) ? text : `${nameOf(at(node, 'key'))}: ${text}`
}
