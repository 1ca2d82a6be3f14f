import type { Context } from './context.ts'
import { isFunction, type Kind } from './kinds.ts'
import { at, bare, listAt, memberName, nameOf, propertiesOf, propertyValue, textOf } from './nodes.ts'
import { type Node, type Rewriter, walk } from './rewriter.ts'

/** A call that a rule rewrites. */
export interface Call {
  readonly node: Node
  readonly object: Node
  readonly args: readonly Node[]
  readonly rewriter: Rewriter
  readonly context: Context
}

type CallRule = (call: Call) => string | undefined

/** Options as they were written; the rules take those that they know. */
class Options {
  readonly #properties: Map<string, Node>
  readonly #rewriter: Rewriter

  constructor(properties: Map<string, Node>, rewriter: Rewriter) {
    this.#properties = new Map(properties)
    this.#rewriter = rewriter
  }

  peek(name: string): Node | undefined {
    return propertyValue(this.#properties.get(name))
  }

  node(name: string): Node | undefined {
    const node = this.peek(name)
    this.#properties.delete(name)
    return node
  }

  text(name: string): string | undefined {
    const node = this.node(name)
    if (node?.type !== 'ObjectMethod') return node && this.#rewriter.render(node)
    return this.#rewriter.splice(node).replace(/^(async\s+)?/, '$1function ')
  }

  /** The options of the new call: `{ replyTo: 5 }`, or nothing. The rest has no place there. */
  renamed(names: Readonly<Record<string, string>>, node: Node, extra: readonly string[] = []): string {
    const entries = Object.entries(names).flatMap(([name, renamed]) => {
      const text = this.text(name)
      if (text === undefined) return []
      return [text === renamed ? text : `${renamed}: ${text}`]
    })
    for (const name of this.#properties.keys()) {
      this.#rewriter.todo(
        node,
        `the option ${name} has another form, or none. Guide "Coming from GramJS", Every call`,
      )
    }
    const all = [...entries, ...extra]
    return all.length === 0 ? '' : `, { ${all.join(', ')} }`
  }
}

/** The options of a call; undefined, with a comment, where they are not written there. */
function optionsOf(node: Node | undefined, { rewriter, node: call }: Call): Options | undefined {
  const properties = node === undefined ? new Map<string, Node>() : propertiesOf(bare(node))
  if (properties !== undefined) return new Options(properties, rewriter)
  rewriter.todo(call, 'the options have other names. Guide "Coming from GramJS", Every call')
  return undefined
}

/** A chat: GramJS takes names without `@`, and ids as numbers or texts. */
export function chat(node: Node | undefined, rewriter: Rewriter): string {
  if (node === undefined) return "'me'"
  const text = textOf(bare(node))
  if (text !== undefined) {
    if (text === 'self' || text === 'me') return "'me'"
    if (/^-?\d+$/.test(text)) return `${text}n`
    if (/^[a-z]\w{2,}$/i.test(text)) return `'@${text}'`
  }
  const rendered = rewriter.render(node)
  return /^-?\d+$/.test(rendered) ? `${rendered}n` : rendered
}

/** A message by its number and chat, or as it is. */
function messageRef(message: Node | undefined, inChat: string, { rewriter, context }: Call): string {
  if (message === undefined) return 'undefined'
  const text = rewriter.render(message)
  return context.kinds.of(message) === 'message' ? text : `{ id: ${text}, chat: ${inChat} }`
}

function messageRefs(messages: Node | undefined, inChat: string, call: Call): string {
  const list = bare(messages)
  if (list?.type === 'ArrayExpression') {
    return `[${listAt(list, 'elements')
      .map((each) => messageRef(each, inChat, call))
      .join(', ')}]`
  }
  const kind = call.context.kinds.of(list)
  if (list === undefined) return '[]'
  if (kind === 'messages') return call.rewriter.render(list)
  if (kind === 'message' || list.type === 'NumericLiteral') return `[${messageRef(list, inChat, call)}]`
  return `${call.rewriter.render(list)}.map((id) => ({ id, chat: ${inChat} }))`
}

const MARKS = /[*_`~|[]/

/** A text with the formatting that GramJS reads: Markdown, unless a program says otherwise. */
function formatted(text: Node | undefined, parseMode: Node | undefined, { rewriter, context }: Call): string {
  if (text === undefined) return "''"
  const rendered = rewriter.render(text)
  const mode = textOf(parseMode)?.toLowerCase()
  const isLiteral = ['StringLiteral', 'TemplateLiteral'].includes(text.type)
  const isMarked = isLiteral && MARKS.test(rendered.slice(1, -1).replaceAll(/\$\{[^}]*\}/g, ''))
  if (mode === 'html') {
    context.imports.add('fromHtml')
    return `fromHtml(${rendered})`
  }
  if (mode === 'md' || mode === 'markdown' || (parseMode === undefined && isMarked)) {
    context.imports.add('fromMarkdown')
    return `fromMarkdown(${rendered})`
  }
  return rendered
}

const SENDING = {
  replyTo: 'replyTo',
  silent: 'silent',
  schedule: 'scheduleAtS',
  scheduleDate: 'scheduleAtS',
  buttons: 'buttons',
}

function sendMessage(call: Call): string | undefined {
  const { object, args, rewriter } = call
  const options = optionsOf(args[1], call)
  if (options === undefined) return undefined
  const to = chat(args[0], call.rewriter)
  const client = rewriter.render(object)
  const file = options.text('file')
  const text = formatted(options.node('message'), options.node('parseMode'), call)
  if (file !== undefined) {
    const rest = options.renamed(SENDING, call.node, text === "''" ? [] : [`caption: ${text}`])
    return `${client}.sendFile(${to}, ${file}${rest})`
  }
  return `${client}.sendMessage(${to}, ${text}${options.renamed({ ...SENDING, linkPreview: 'preview' }, call.node)})`
}

function sendFile(call: Call): string | undefined {
  const { object, args, rewriter, node } = call
  const options = optionsOf(args[1], call)
  if (options === undefined) return undefined
  const file = options.node('file')
  const isAlbum = bare(file)?.type === 'ArrayExpression'
  const { files, caption } = withCaptions(file, options.node('caption'), options.node('parseMode'), call)
  const extra = caption === undefined ? [] : [`caption: ${caption}`]
  const progress = options.text('progressCallback')
  if (progress !== undefined) {
    const share = 'totalBytes ? doneBytes / totalBytes : 0'
    extra.push(`onProgress: (doneBytes, totalBytes) => (${progress})(${share})`)
  }
  options.node('workers')
  const rest = options.renamed({ ...SENDING, forceDocument: 'asDocument' }, node, extra)
  const method = isAlbum ? 'sendAlbum' : 'sendFile'
  return `${rewriter.render(object)}.${method}(${chat(args[0], call.rewriter)}, ${files}${rest})`
}

/** The files of a message and the caption of all. In a list of captions each belongs to the file in its place. */
function withCaptions(
  file: Node | undefined,
  captions: Node | undefined,
  parseMode: Node | undefined,
  call: Call,
): { readonly files: string; readonly caption: string | undefined } {
  const list = bare(captions)
  const files = file === undefined ? "''" : call.rewriter.render(file)
  if (list?.type !== 'ArrayExpression') {
    return { files, caption: captions && formatted(captions, parseMode, call) }
  }
  const texts = listAt(list, 'elements').map((each) => formatted(each, parseMode, call))
  if (bare(file)?.type !== 'ArrayExpression') return { files, caption: texts[0] }
  const items = listAt(bare(file), 'elements').map((each, place) => {
    const text = call.rewriter.render(each)
    return texts[place] === undefined ? text : `{ file: ${text}, caption: ${texts[place]} }`
  })
  return { files: `[${items.join(', ')}]`, caption: undefined }
}

/** A list of GramJS: an array of everything, or something to read in a loop. */
function list(
  name: string,
  names: Readonly<Record<string, string>>,
  shape: 'array' | 'loop',
  takesChat: boolean,
): CallRule {
  return (call) => {
    const { object, args, rewriter, node } = call
    const options = optionsOf(args[takesChat ? 1 : 0], call)
    if (options === undefined) return undefined
    const peer = takesChat ? chat(args[0], call.rewriter) : ''
    const rest = options.renamed(names, node)
    const given = takesChat ? `${peer}${rest}` : rest.replace(/^, /, '')
    const read = `${rewriter.render(object)}.${name}(${given})`
    return shape === 'array' ? `Array.fromAsync(${read})` : read
  }
}

const HISTORY = { limit: 'limit', search: 'search', reverse: 'reverse' }

function downloadOf(
  message: string,
  options: Node | undefined,
  client: string,
  call: Call,
): string | undefined {
  const given = optionsOf(options, call)
  if (given === undefined) return undefined
  const path = given.text('outputFile')
  given.node('workers')
  if (!takesNumbers(given.peek('progressCallback'))) {
    call.rewriter.todo(
      call.node,
      'onProgress is told of bytes, done and in all, as numbers. Guide "Coming from GramJS", Every call',
    )
  }
  const rest = given.renamed({ progressCallback: 'onProgress' }, call.node)
  if (path !== undefined) return `${client}.download(${message}, ${path}${rest})`
  return `Array.fromAsync(${client}.download(${message}${rest})).then((parts) => Buffer.concat(parts))`
}

/** Tells whether a function that GramJS gives big integers uses none of their methods. One that is defined elsewhere may. */
function takesNumbers(callback: Node | undefined): boolean {
  if (callback === undefined) return true
  const names = listAt(callback, 'params').map(nameOf)
  const used: Node[] = []
  walk(callback, (node) => {
    const isMethod = memberName(node) !== undefined && memberName(node) !== 'toJSNumber'
    if (isMethod && names.includes(nameOf(at(node, 'object')))) used.push(node)
  })
  return isFunction(callback) && !names.includes(undefined) && used.length === 0
}

/** The events of GramJS, and their filters. */
const EVENTS: Readonly<Record<string, string>> = {
  NewMessage: 'message',
  EditedMessage: 'edit',
  DeletedMessage: 'delete',
  CallbackQuery: 'callbackQuery',
  Raw: 'raw',
}

function addEventHandler(call: Call): string | undefined {
  const { object, args, rewriter, node } = call
  const [handler, builder] = args
  const made = nameOf(at(builder, 'callee')) ?? (builder === undefined ? 'Raw' : '')
  const event = EVENTS[made]
  if (handler === undefined || event === undefined) {
    rewriter.todo(node, 'this event has another form. Guide "Coming from GramJS", Updates')
    return undefined
  }
  const options = optionsOf(listAt(builder, 'arguments')[0], call)
  if (options === undefined) return undefined
  const pattern = event === 'callbackQuery' ? 'data' : 'text'
  const extra = [...chatsIn('chats', 'chat', options, call), ...chatsIn('fromUsers', 'sender', options, call)]
  const names = { incoming: 'incoming', outgoing: 'outgoing', pattern }
  const filter = options.renamed(event === 'raw' ? {} : names, node, extra)
  return `${rewriter.render(object)}.on('${event}', ${rewriter.render(handler)}${filter})`
}

function chatsIn(name: string, renamed: string, options: Options, call: Call): string[] {
  const node = bare(options.node(name))
  if (node === undefined) return []
  const isList = node.type === 'ArrayExpression'
  const chats = isList
    ? `[${listAt(node, 'elements')
        .map((each) => chat(each, call.rewriter))
        .join(', ')}]`
    : chat(node, call.rewriter)
  return [`${renamed}: ${chats}`]
}

/** The prompts of a login, by the names that they have at GramJS. */
const PROMPTS: Readonly<Record<string, string>> = {
  phoneNumber: 'phone',
  phoneCode: 'code',
  password: 'password',
}

function start(call: Call): string | undefined {
  const { object, args, rewriter, node } = call
  if (args.length === 0) return `${rewriter.render(object)}.start()`
  const given = propertiesOf(bare(args[0]))
  if (given === undefined) {
    rewriter.todo(node, 'the prompts have other names. Guide "Coming from GramJS", Sessions and login')
    return undefined
  }
  const prompts: string[] = []
  for (const [name, property] of given) {
    const prompt = PROMPTS[name]
    if (name === 'botAuthToken') {
      const value = propertyValue(property) ?? property
      prompts.push(
        `botToken: ${isFunction(value) ? `await (${rewriter.render(value)})()` : rewriter.render(value)}`,
      )
    } else if (prompt !== undefined) prompts.push(promptText(prompt, property, rewriter))
    else if (name === 'firstAndLastNames') {
      const names = rewriter.render(propertyValue(property) ?? property)
      prompts.push(
        `name: async () => {\n      const [firstName, lastName] = await (${names})()\n      return { firstName, lastName }\n    }`,
      )
    } else if (!['onError', 'forceSMS', 'realBot'].includes(name)) {
      rewriter.todo(
        node,
        `the prompt ${name} has another form. Guide "Coming from GramJS", Sessions and login`,
      )
    }
  }
  const indent = indentOf(node, rewriter)
  return `${rewriter.render(object)}.start({\n${prompts.map((each) => `${indent}  ${each},\n`).join('')}${indent}})`
}

/** A prompt is a function; GramJS takes values, too. */
function promptText(name: string, property: Node, rewriter: Rewriter): string {
  if (property.type === 'ObjectMethod') {
    const text = rewriter.splice(property)
    return text.replace(/^(async\s+)?\w+/, (_, isAsync?: string) => `${isAsync ?? ''}${name}`)
  }
  const value = propertyValue(property) ?? property
  const text = rewriter.render(value)
  return isFunction(value) ? `${name}: ${text}` : `${name}: async () => ${text}`
}

function indentOf(node: Node, { text }: Rewriter): string {
  const lineStart = text.lastIndexOf('\n', node.start - 1) + 1
  return /^\s*/.exec(text.slice(lineStart))?.[0] ?? ''
}

function answerOf(call: Call): string | undefined {
  const options = optionsOf(call.args[0], call)
  if (options === undefined) return undefined
  const rest = options.renamed(
    { message: 'text', alert: 'alert', url: 'url', cacheTime: 'cacheS' },
    call.node,
  )
  return `${call.rewriter.render(call.object)}.answer(${rest.replace(/^, /, '')})`
}

/** `message.reply({ message })` and `message.respond({ message })`. */
function written(isReply: boolean): CallRule {
  return (call) => {
    const { args, rewriter, node, context, object } = call
    const options = optionsOf(args[0], call)
    if (options === undefined) return undefined
    const message = rewriter.render(object)
    const text = formatted(options.node('message'), options.node('parseMode'), call)
    const rest = options.renamed(SENDING, node, isReply ? [`replyTo: ${message}`] : [])
    return `${context.kinds.client}.sendMessage(${message}.chat, ${text}${rest})`
  }
}

/** A call of the client about the message that it was called on. */
function aboutMessage(write: (message: string, call: Call) => string | undefined): CallRule {
  return (call) => {
    const text = write(call.rewriter.render(call.object), call)
    return text && `${call.context.kinds.client}.${text}`
  }
}

const member =
  (name: string): CallRule =>
  ({ rewriter, object }) =>
    `${rewriter.render(object)}.${name}`

const OF_CLIENT: Readonly<Record<string, CallRule>> = {
  sendMessage,
  sendFile,
  start,
  addEventHandler,
  disconnect: ({ rewriter, object }) => `${rewriter.render(object)}.close()`,
  destroy: ({ rewriter, object }) => `${rewriter.render(object)}.close()`,
  getMessages: (call) => {
    if (!propertiesOf(bare(call.args[1]))?.has('ids')) return list('history', HISTORY, 'array', true)(call)
    const options = optionsOf(call.args[1], call)
    if (options === undefined) return undefined
    const refs = messageRefs(options.node('ids'), chat(call.args[0], call.rewriter), call)
    return `${call.rewriter.render(call.object)}.getMessages(${refs}${options.renamed({}, call.node)})`
  },
  iterMessages: list('history', HISTORY, 'loop', true),
  getDialogs: list('dialogs', { limit: 'limit', archived: 'archived' }, 'array', false),
  iterDialogs: list('dialogs', { limit: 'limit', archived: 'archived' }, 'loop', false),
  getParticipants: list('members', { limit: 'limit' }, 'array', true),
  iterParticipants: list('members', { limit: 'limit' }, 'loop', true),
  getEntity: (call) => `${call.rewriter.render(call.object)}.resolve(${chat(call.args[0], call.rewriter)})`,
  getInputEntity: (call) =>
    `${call.rewriter.render(call.object)}.resolve(${chat(call.args[0], call.rewriter)}).then(({ inputPeer }) => inputPeer)`,
  downloadMedia: (call) => {
    const { args, rewriter, object } = call
    return args[0] && downloadOf(rewriter.render(args[0]), args[1], rewriter.render(object), call)
  },
  deleteMessages: (call) => {
    const options = optionsOf(call.args[2], call)
    if (options === undefined) return undefined
    const refs = messageRefs(call.args[1], chat(call.args[0], call.rewriter), call)
    return `${call.rewriter.render(call.object)}.deleteMessages(${refs}${options.renamed({ revoke: 'forAll' }, call.node)})`
  },
  editMessage: (call) => {
    const options = optionsOf(call.args[1], call)
    if (options === undefined) return undefined
    const ref = messageRef(options.node('message'), chat(call.args[0], call.rewriter), call)
    const text = formatted(options.node('text'), options.node('parseMode'), call)
    const rest = options.renamed({ buttons: 'buttons', linkPreview: 'preview' }, call.node)
    return `${call.rewriter.render(call.object)}.editMessage(${ref}, ${text}${rest})`
  },
  forwardMessages: (call) => {
    const options = optionsOf(call.args[1], call)
    if (options === undefined) return undefined
    const from = options.node('fromPeer')
    const refs = messageRefs(options.node('messages'), chat(from, call.rewriter), call)
    const rest = options.renamed(
      { silent: 'silent', schedule: 'scheduleAtS', dropAuthor: 'dropAuthor' },
      call.node,
    )
    return `${call.rewriter.render(call.object)}.forwardMessages(${refs}, ${chat(call.args[0], call.rewriter)}${rest})`
  },
  markAsRead: (call) => `${call.rewriter.render(call.object)}.markRead(${chat(call.args[0], call.rewriter)})`,
  pinMessage: (call) =>
    `${call.rewriter.render(call.object)}.pinMessage(${messageRef(call.args[1], chat(call.args[0], call.rewriter), call)})`,
  checkAuthorization: signedIn,
  isUserAuthorized: signedIn,
}

function signedIn({ rewriter, object, context }: Call): string {
  context.imports.add('signedInUser')
  return `signedInUser(${rewriter.render(object)}).then((user) => user !== undefined)`
}

/** The rules of calls, by what the method is called on. */
export const CALLS: Partial<Record<Kind, Readonly<Record<string, CallRule>>>> = {
  client: OF_CLIENT,
  event: {
    getSender: member('sender'),
    getChat: member('chat'),
    reply: written(true),
    respond: written(false),
  },
  callbackEvent: { answer: answerOf, getSender: member('sender'), getChat: member('chat') },
  message: {
    getSender: member('sender'),
    getChat: member('chat'),
    reply: written(true),
    respond: written(false),
    delete: aboutMessage((message) => `deleteMessages([${message}])`),
    markAsRead: aboutMessage((message) => `markRead(${message}.chat, { upTo: ${message} })`),
    pin: aboutMessage((message) => `pinMessage(${message})`),
    unpin: aboutMessage((message) => `unpinMessage(${message})`),
    forwardTo: aboutMessage(
      (message, call) => `forwardMessages([${message}], ${chat(call.args[0], call.rewriter)})`,
    ),
    edit: aboutMessage((message, call) => {
      const options = optionsOf(call.args[0], call)
      return (
        options &&
        `editMessage(${message}, ${formatted(options.node('text'), options.node('parseMode'), call)}${options.renamed({ buttons: 'buttons' }, call.node)})`
      )
    }),
    downloadMedia: (call) =>
      downloadOf(call.rewriter.render(call.object), call.args[0], call.context.kinds.client, call),
  },
}
