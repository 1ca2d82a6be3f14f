import type { FieldShape, Shape } from '@cablegram/tl/fields'

/** Parameters by their names in Lua, each with its type; a `?` behind the name makes it optional. */
type Parameters = Readonly<Record<string, string>>

const SENDING: Parameters = {
  'reply_to?': 'message_id',
  'silent?': 'Bool',
  'buttons?': 'plain',
  'schedule_at_s?': 'int',
  'random_id?': 'long',
}

const FILE: Parameters = {
  'caption?': 'text',
  'as_document?': 'Bool',
  'mime?': 'string',
  'name?': 'string',
  'spoiler?': 'Bool',
}

const PROGRESS: Parameters = { 'on_progress?': 'function' }

const TEXT_OPTIONS: Parameters = { 'buttons?': 'plain', 'preview?': 'Bool' }

/** A daily call with one answer, by its name in Lua. */
export type DailyCall =
  | 'send_message'
  | 'send_file'
  | 'send_album'
  | 'upload_file'
  | 'download'
  | 'edit_message'
  | 'delete_messages'
  | 'get_messages'
  | 'forward_messages'
  | 'resolve'
  | 'get_me'
  | 'mark_read'
  | 'set_typing'
  | 'react'
  | 'pin_message'
  | 'unpin_message'
  | 'send_poll'
  | 'vote'
  | 'close_poll'
  | 'press'
  | 'set_commands'
  | 'stats'
  | 'set_profile_photo'
  | 'delete_profile_photos'
  | 'download_profile_photo'
  | 'update_profile'

/** A daily call that gives a list, which is read as a loop goes on. */
export type DailyList = 'history' | 'dialogs' | 'members' | 'search'

/** Something that a handler does with its event; `answer_inline` is the `answer` of an inline query. */
export type EventAction = 'reply' | 'edit' | 'answer' | 'answer_inline'

const CALLS: Readonly<Record<DailyCall, Parameters>> = {
  send_message: { peer: 'peer', text: 'text', 'preview?': 'Bool', ...SENDING },
  send_file: { peer: 'peer', file: 'file', ...FILE, ...SENDING, ...PROGRESS },
  send_album: {
    peer: 'peer',
    files: 'Vector<file>',
    'caption?': 'text',
    'as_document?': 'Bool',
    'reply_to?': 'message_id',
    'silent?': 'Bool',
    'schedule_at_s?': 'int',
    ...PROGRESS,
  },
  upload_file: { file: 'file', 'name?': 'string', ...PROGRESS },
  download: { message: 'message', 'path?': 'string', 'thumb?': 'string', ...PROGRESS },
  edit_message: { message: 'message', text: 'text', ...TEXT_OPTIONS },
  delete_messages: { messages: 'Vector<message>', 'for_all?': 'Bool' },
  get_messages: { messages: 'Vector<message>' },
  forward_messages: {
    messages: 'Vector<message>',
    peer: 'peer',
    'silent?': 'Bool',
    'schedule_at_s?': 'int',
    'drop_author?': 'Bool',
    'drop_captions?': 'Bool',
  },
  resolve: { peer: 'peer' },
  get_me: {},
  mark_read: { peer: 'peer', 'up_to?': 'message_id' },
  set_typing: { peer: 'peer', 'action?': 'string' },
  react: { message: 'message', 'reaction?': 'plain' },
  pin_message: { message: 'message', 'silent?': 'Bool', 'only_here?': 'Bool' },
  unpin_message: { message: 'message' },
  send_poll: {
    peer: 'peer',
    question: 'text',
    answers: 'Vector<text>',
    'multiple?': 'Bool',
    'is_public?': 'Bool',
    'correct?': 'int',
    'explanation?': 'text',
    'close_after_s?': 'int',
    ...SENDING,
  },
  vote: { message: 'message', answers: 'Vector<int>' },
  close_poll: { message: 'message' },
  press: { message: 'message', button: 'plain' },
  set_commands: { commands: 'texts', 'scope?': 'string', 'lang_code?': 'string' },
  stats: {},
  set_profile_photo: { file: 'file', ...PROGRESS },
  delete_profile_photos: {},
  download_profile_photo: { peer: 'peer', path: 'string', ...PROGRESS },
  update_profile: {
    'first_name?': 'string',
    'last_name?': 'string',
    'bio?': 'string',
    'username?': 'string',
  },
}

const LISTS: Readonly<Record<DailyList, Parameters>> = {
  history: { peer: 'peer', 'limit?': 'int', 'from_id?': 'int', 'reverse?': 'Bool', 'search?': 'string' },
  dialogs: { 'limit?': 'int', 'archived?': 'Bool' },
  members: { peer: 'peer', 'limit?': 'int' },
  search: { words: 'string', 'limit?': 'int' },
}

/** The functions of an event, with the parameters that they take by their places. */
const ACTIONS: Readonly<Record<EventAction, readonly [Parameters, Parameters]>> = {
  reply: [{ text: 'text' }, { 'preview?': 'Bool', ...SENDING }],
  edit: [{ text: 'text' }, TEXT_OPTIONS],
  answer: [{}, { 'text?': 'string', 'alert?': 'Bool', 'url?': 'string', 'cache_s?': 'int' }],
  answer_inline: [
    { results: 'Vector<InputBotInlineResult>' },
    { 'cache_s?': 'int', 'is_personal?': 'Bool', 'is_gallery?': 'Bool', 'next_offset?': 'string' },
  ],
}

/** The parameters of each daily call, as `readParams` takes them. */
export const CALL_SHAPES: Readonly<Record<DailyCall, Shape>> = shapesOf(CALLS)
/** The parameters of each list. */
export const LIST_SHAPES: Readonly<Record<DailyList, Shape>> = shapesOf(LISTS)

/** The first argument of an action, if it has one, and the table of its options. */
export interface ActionShape {
  readonly first: FieldShape | undefined
  readonly options: Shape
}

/** The arguments of each action. */
export const ACTION_SHAPES: Readonly<Record<EventAction, ActionShape>> = {
  reply: actionShape('reply'),
  edit: actionShape('edit'),
  answer: actionShape('answer'),
  answer_inline: actionShape('answer_inline'),
}

function shapesOf<Name extends string>(calls: Readonly<Record<Name, Parameters>>): Record<Name, Shape> {
  const entries = Object.entries<Parameters>(calls).map(([name, parameters]) => [
    name,
    shapeOf(`cablegram.${name}`, parameters),
  ])
  return Object.fromEntries(entries)
}

function actionShape(name: EventAction): ActionShape {
  const [first, options] = ACTIONS[name]
  const shown = name === 'answer_inline' ? 'answer' : name
  return { first: fieldsOf(first)[0], options: shapeOf(`event.${shown}`, options) }
}

function shapeOf(name: string, parameters: Parameters): Shape {
  return { kind: 'method', name, id: 0, fields: fieldsOf(parameters), result: '' }
}

function fieldsOf(parameters: Parameters): FieldShape[] {
  return Object.entries(parameters).map(([written, type]) => {
    const name = written.replace('?', '')
    const key = name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
    return { name, key, type, ...(written.endsWith('?') && { flag: { field: 'flags', bit: 0 } }) }
  })
}
