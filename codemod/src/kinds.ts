import {
  at,
  bare,
  dotted,
  listAt,
  type MethodCall,
  memberName,
  methodCall,
  nameOf,
  propertiesOf,
  propertyValue,
} from './nodes.ts'
import { type Node, walk } from './rewriter.ts'

/** What a value of a GramJS program is, as far as its members have other names at Cablegram. */
export type Kind =
  | 'client'
  | 'event'
  | 'callbackEvent'
  | 'message'
  | 'messages'
  | 'dialog'
  | 'dialogs'
  | 'member'
  | 'members'
  | 'entity'
  | 'error'

/** A name, and the part of the text where it has this kind. */
interface Binding {
  readonly name: string
  readonly kind: Kind
  readonly start: number
  readonly end: number
}

const ITEMS: Partial<Record<Kind, Kind>> = { messages: 'message', dialogs: 'dialog', members: 'member' }

/** The kinds of what the methods of a client give. */
const RESULTS: Readonly<Record<string, Kind>> = {
  sendMessage: 'message',
  sendFile: 'message',
  editMessage: 'message',
  getMessages: 'messages',
  iterMessages: 'messages',
  forwardMessages: 'messages',
  getDialogs: 'dialogs',
  iterDialogs: 'dialogs',
  getParticipants: 'members',
  iterParticipants: 'members',
  getEntity: 'entity',
  getMe: 'entity',
}

/** The kinds of values in a program, found by the calls that they come from. */
export class Kinds {
  readonly #bindings: Binding[] = []
  /** The first client of the program. */
  readonly client: string

  constructor(program: Node) {
    walk(program, (node, around) => this.#bindClients(node, around))
    const [first] = this.#bindings.filter(({ kind }) => kind === 'client')
    this.client = first?.name ?? 'client'
    walk(program, (node, around) => this.#bindResults(node, around))
    walk(program, (node, around) => this.#bindHandlers(node, around, program))
    // Names for what handlers get: they are known only now.
    walk(program, (node, around) => this.#bindResults(node, around))
  }

  /** The kind of an expression. */
  of(expression: Node | undefined): Kind | undefined {
    const node = bare(expression)
    const name = dotted(node)
    const bound = name === undefined || node === undefined ? undefined : this.#find(name, node.start)
    if (bound !== undefined || node === undefined) return bound
    const call = methodCall(node)
    if (call !== undefined && this.isClient(call.object)) {
      return isAlbum(call) ? 'messages' : RESULTS[call.method]
    }
    if (call?.method === 'getSender' || call?.method === 'getChat') return this.of(call.object) && 'entity'
    const object = at(node, 'object')
    if (node['computed'] === true) return ITEMS[this.of(object) ?? 'client']
    const owner = object && this.of(object)
    const member = memberName(node)
    if ((owner === 'event' || owner === 'dialog') && member === 'message') return 'message'
    return undefined
  }

  /** Whether an expression is a client. A name that says so is believed. */
  isClient(node: Node): boolean {
    const name = dotted(bare(node))
    if (name === undefined) return false
    if (this.#find(name, node.start) === 'client') return true
    return (
      /(^|\.)(client|telegramClient|bot|userbot)$/i.test(name) && this.#find(name, node.start) === undefined
    )
  }

  #find(name: string, place: number): Kind | undefined {
    const around = this.#bindings.filter(
      (each) => each.name === name && each.start <= place && place < each.end,
    )
    return around.toSorted((a, b) => a.end - a.start - (b.end - b.start))[0]?.kind
  }

  #bind(name: string | undefined, kind: Kind | undefined, scope: Node | undefined): void {
    if (name === undefined || kind === undefined || scope === undefined) return
    this.#bindings.push({ name, kind, start: scope.start, end: scope.end })
  }

  #bindClients(node: Node, around: readonly Node[]): void {
    const [target, value] = assigned(node)
    if (value?.type === 'NewExpression' && nameOf(at(value, 'callee')) === 'TelegramClient') {
      const name = dotted(target)
      this.#bind(name, 'client', name?.startsWith('this.') ? around.at(-1) : scopeOf(around))
    }
    if (node.type === 'Identifier' && typeNameOf(node) === 'TelegramClient') {
      this.#bind(nameOf(node), 'client', scopeOf(around))
    }
  }

  #bindResults(node: Node, around: readonly Node[]): void {
    const [target, value] = assigned(node)
    if (target?.type === 'Identifier') this.#bind(nameOf(target), this.of(value), scopeOf(around))
    if (target?.type === 'ArrayPattern') {
      for (const each of listAt(target, 'elements')) {
        this.#bind(nameOf(each), ITEMS[this.of(value) ?? 'client'], scopeOf(around))
      }
    }
    if (node.type === 'ForOfStatement') {
      const [declared] = listAt(at(node, 'left'), 'declarations')
      this.#bind(nameOf(at(declared, 'id')), ITEMS[this.of(at(node, 'right')) ?? 'client'], node)
    }
    if (node.type === 'CatchClause') this.#bind(nameOf(at(node, 'param')), 'error', node)
    const call = methodCall(node)
    const items = call && ITEMS[this.of(call.object) ?? 'client']
    if (items !== undefined) this.#bindParameter(call?.args[0], items)
  }

  #bindHandlers(node: Node, around: readonly Node[], program: Node): void {
    if (node.type === 'Identifier' && /^NewMessageEvent|^EditedMessageEvent/.test(typeNameOf(node) ?? '')) {
      this.#bind(nameOf(node), 'event', around.find(isFunction))
    }
    const call = methodCall(node)
    if (call?.method !== 'addEventHandler') return
    const [handler, builder] = call.args
    const builderName = nameOf(at(builder, 'callee'))
    if (builderName === undefined || builderName === 'Raw') return
    const kind = builderName === 'CallbackQuery' ? 'callbackEvent' : 'event'
    const name = nameOf(handler)
    if (name === undefined) this.#bindParameter(handler, kind)
    else this.#bindParameter(functionNamed(program, name), kind)
  }

  #bindParameter(handler: Node | undefined, kind: Kind): void {
    if (handler === undefined || !isFunction(handler)) return
    this.#bind(nameOf(listAt(handler, 'params')[0]), kind, handler)
  }
}

/** A file that is an array makes several messages. */
function isAlbum({ method, args }: MethodCall): boolean {
  const file = propertyValue(propertiesOf(bare(args[1]))?.get('file'))
  return method === 'sendFile' && bare(file)?.type === 'ArrayExpression'
}

/** The function that a program declares under a name. */
function functionNamed(program: Node, name: string): Node | undefined {
  const found: Node[] = []
  walk(program, (node) => {
    if (node.type === 'FunctionDeclaration' && nameOf(at(node, 'id')) === name) found.push(node)
    const [target, value] = assigned(node)
    if (nameOf(target) === name && value !== undefined && isFunction(value)) found.push(value)
  })
  return found[0]
}

/** The target and the value of a declaration or an assignment. */
export function assigned(node: Node): [target: Node | undefined, value: Node | undefined] {
  if (node.type === 'VariableDeclarator') return [at(node, 'id'), at(node, 'init')]
  if (node.type === 'AssignmentExpression') return [at(node, 'left'), at(node, 'right')]
  return [undefined, undefined]
}

/** The type that is written behind a name: `TelegramClient`. */
export function typeNameOf(node: Node): string | undefined {
  return dotted(at(at(at(node, 'typeAnnotation'), 'typeAnnotation'), 'typeName'))
}

export function isFunction({ type }: Node): boolean {
  return /^(ArrowFunctionExpression|FunctionExpression|FunctionDeclaration|ObjectMethod|ClassMethod)$/.test(
    type,
  )
}

function scopeOf(around: readonly Node[]): Node | undefined {
  return around.find((node) => isFunction(node) || node.type === 'BlockStatement' || node.type === 'Program')
}
