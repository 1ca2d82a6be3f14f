import { readFileSync } from 'node:fs'
import {
  DAILY_EXAMPLES,
  type DailyExample,
  type DailyName,
  dailyLua,
  dailyTypeScript,
} from '../../printers/daily-examples.ts'
import { paths } from '../paths.ts'

/** An option of a daily call. */
export interface DailyOption {
  readonly name: string
  readonly type: string
  readonly about: string
}

/** A daily call of the client, as its source describes it. */
export interface DailyCallEntry {
  readonly name: string
  /** `client.sendMessage(peer: PeerLike, …): Promise<Message>`. */
  readonly signature: string
  /** Paragraphs of the description. */
  readonly about: string
  readonly options: readonly DailyOption[]
  /** The errors that the description names. */
  readonly throws: string | undefined
  readonly returns: string | undefined
  /** Methods of the API that it calls. */
  readonly methods: readonly string[]
  readonly typescript: string
  readonly lua: string
  readonly shows: string
  /** The lines of the Lua program, if they differ. */
  readonly luaShows: string
}

/** The folder of a call's function, by the name of the call; others lie in `methods/`, under their own name. */
const FILES: Readonly<Partial<Record<DailyName, string>>> = {
  uploadFile: 'files/upload.ts',
  vote: 'methods/polls.ts',
  sendPoll: 'methods/polls.ts',
  closePoll: 'methods/polls.ts',
  unpinMessage: 'methods/pin-message.ts',
  updateProfile: 'methods/profile.ts',
  setProfilePhoto: 'methods/profile-photo.ts',
  deleteProfilePhotos: 'methods/profile-photo.ts',
  downloadProfilePhoto: 'methods/profile-photo.ts',
  on: 'client.ts',
}

/** Methods that are called in files of their own. */
const METHODS: Readonly<Partial<Record<DailyName, readonly string[]>>> = {
  uploadFile: ['upload.saveFilePart', 'upload.saveBigFilePart'],
  download: ['upload.getFile', 'upload.getFileHashes', 'messages.getMessages', 'channels.getMessages'],
  sendFile: ['messages.sendMedia', 'upload.saveFilePart', 'upload.saveBigFilePart'],
  resolve: ['contacts.resolveUsername', 'contacts.resolvePhone', 'messages.checkChatInvite'],
  setProfilePhoto: ['photos.uploadProfilePhoto', 'upload.saveFilePart', 'upload.saveBigFilePart'],
  deleteProfilePhotos: ['photos.getUserPhotos', 'photos.deletePhotos'],
  downloadProfilePhoto: ['upload.getFile', 'users.getUsers', 'messages.getChats', 'channels.getChannels'],
  vote: ['messages.sendVote'],
  sendPoll: ['messages.sendMedia'],
  closePoll: ['messages.editMessage'],
  editMessage: ['messages.editMessage'],
  search: ['messages.searchGlobal'],
  on: ['updates.getState', 'updates.getDifference', 'updates.getChannelDifference'],
}

/** Reads the daily calls from the source of the client. */
export function readDailyCalls(): ReadonlyMap<string, DailyCallEntry> {
  const names = Object.keys(DAILY_EXAMPLES) as DailyName[]
  return new Map(names.map((name) => [name, entryOf(name, DAILY_EXAMPLES[name] as DailyExample)]))
}

function entryOf(name: DailyName, example: DailyExample): DailyCallEntry {
  const file = FILES[name] ?? `methods/${kebab(name)}.ts`
  const source = readFileSync(`${paths.client}${file}`, 'utf8')
  const { doc, head } = declarationOf(source, name)
  const called = [...source.matchAll(/\.call\('([\w.]+)'/g)].map(([, method = '']) => method)
  return {
    name,
    signature: `client.${head.replace(/\bclient: \w+,\s*/, '')}`,
    about: doc.text,
    options: optionsOf(head, source),
    throws: doc.tags.get('throws'),
    returns: doc.tags.get('returns'),
    methods: METHODS[name] ?? [...new Set(called)],
    typescript: dailyTypeScript(example),
    lua: dailyLua(example),
    shows: example.shows,
    luaShows: example.luaShows ?? example.shows,
  }
}

interface Declaration {
  readonly doc: Doc
  /** From the name to the type of the result, on one line. */
  readonly head: string
}

/** The description and the head of an exported function, or of a method of the client. */
function declarationOf(source: string, name: string): Declaration {
  const found = new RegExp(
    `/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s+(?:export )?(?:async )?(?:function\\*? )?(${name}(?:<[^(]*>)?\\([\\s\\S]*?\\): [^{\\n]+?)(?: \\{)?\\n`,
  ).exec(source)
  if (found === null) throw new Error(`there is no description of ${name}`)
  const head = (found[2] ?? '').replaceAll(/\s+/g, ' ').replaceAll('( ', '(').replaceAll(', )', ')').trim()
  return { doc: docOf(found[1] ?? ''), head: head.replaceAll(/(\w+): ([^,=]+) = [^,)]+/g, '$1?: $2') }
}

interface Doc {
  readonly text: string
  readonly tags: ReadonlyMap<string, string>
}

/** A description without its stars, and what stands behind its tags; the example is not taken. */
function docOf(comment: string): Doc {
  const lines = comment.replaceAll(/^\s*\*? ?/gm, '').trim()
  const [text = '', ...tags] = lines.split(/^@|\s@(?=throws|returns)/m)
  const entries = tags.map((tag) => {
    const [, name = '', rest = ''] = /^(\w+)\s*([\s\S]*)$/.exec(tag) ?? []
    return [name, oneLine(rest)] as const
  })
  return {
    text: text
      .trim()
      .split(/\n{2,}/)
      .map(oneLine)
      .join('\n\n'),
    tags: new Map(entries),
  }
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

/** The options of a function: those of its last parameter, with the interfaces that it extends. */
function optionsOf(head: string, source: string): DailyOption[] {
  const type =
    /(?:options\??|limits\??|changes): (?:Omit<)?(\w+)/.exec(head)?.[1] ??
    /\}\??: (\w+Options)/.exec(head)?.[1]
  return type === undefined ? [] : membersOf(type, source)
}

/** The members of an interface and of those that it extends, the own ones first. */
function membersOf(type: string, source: string): DailyOption[] {
  const text = sourceOf(type, source)
  const alias = new RegExp(`type ${type} = (\\w+<[^>]+>)`).exec(text)
  if (alias !== null) return inherited(alias[1] ?? '', text)
  const found = new RegExp(`interface ${type}(?:\\s+extends\\s+([^{]+))?\\s*\\{([\\s\\S]*?)\\n\\}`).exec(text)
  if (found === null) return []
  const own = [
    ...`${found[2] ?? ''}\n`.matchAll(
      /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s+)?readonly (\w+)\?: ([^\n]+?)(?: \| undefined)?\n/g,
    ),
  ]
  const extended = inherited(found[1] ?? '', text)
  const options = own.map(([, doc = '', name = '', written = '']) => ({
    name,
    type: oneLine(written).replaceAll(/^\((.*)\)$/g, '$1'),
    about: docOf(doc).text,
  }))
  const all = [...options, ...extended]
  return all.filter(({ name }, place) => all.findIndex((each) => each.name === name) === place)
}

/** The members of interfaces that others name, as far as they are taken. */
function inherited(names: string, source: string): DailyOption[] {
  return partsOf(names).flatMap(({ name, picked, omitted }) =>
    membersOf(name, source).filter((each) => picked?.includes(each.name) ?? !omitted.includes(each.name)),
  )
}

interface Extended {
  readonly name: string
  readonly picked: readonly string[] | undefined
  readonly omitted: readonly string[]
}

/** `Pick<A, 'x'>, Omit<B, 'y'>, C` as the interfaces that they name. */
function partsOf(text: string): Extended[] {
  return [...text.matchAll(/(Pick|Omit)<(\w+),([^>]+)>|(\w+)/g)].map(([, kind, of = '', keys = '', name]) => {
    const names = [...keys.matchAll(/'(\w+)'/g)].map(([, key = '']) => key)
    return {
      name: name ?? of,
      picked: kind === 'Pick' ? names : undefined,
      omitted: kind === 'Omit' ? names : [],
    }
  })
}

/** The text that declares an interface: the file at hand, or one that it is imported from. */
function sourceOf(type: string, source: string): string {
  const declares = (text: string) =>
    new RegExp(`(?:interface|type) ${type}\\b`).test(text.replaceAll(/import [\s\S]*? from .*/g, ''))
  if (declares(source)) return source
  for (const file of [
    'methods/sending.ts',
    'methods/send-file.ts',
    'files/upload.ts',
    'files/download.ts',
    'options.ts',
  ]) {
    const text = readFileSync(`${paths.client}${file}`, 'utf8')
    if (declares(text)) return text
  }
  return source
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
