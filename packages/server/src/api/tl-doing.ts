import type { SendMessageAction } from '@cablegram/tl/api'

/** Things that people do in a chat before a message comes, in the words of nudges. */
const ACTIONS = {
  typing: 'sendMessageTypingAction',
  cancel: 'sendMessageCancelAction',
  recordVideo: 'sendMessageRecordVideoAction',
  recordAudio: 'sendMessageRecordAudioAction',
  recordRound: 'sendMessageRecordRoundAction',
  geoLocation: 'sendMessageGeoLocationAction',
  chooseContact: 'sendMessageChooseContactAction',
  chooseSticker: 'sendMessageChooseStickerAction',
  gamePlay: 'sendMessageGamePlayAction',
} as const

const UPLOADS = {
  uploadVideo: 'sendMessageUploadVideoAction',
  uploadAudio: 'sendMessageUploadAudioAction',
  uploadPhoto: 'sendMessageUploadPhotoAction',
  uploadDocument: 'sendMessageUploadDocumentAction',
  uploadRound: 'sendMessageUploadRoundAction',
} as const

/** Something that somebody does in a chat. */
export interface Doing {
  readonly action: string
  /** Of an upload, in percent. */
  readonly progress?: number | undefined
}

/** The action of a client, in the words of nudges; undefined for what has no word. */
export function doingOf(action: SendMessageAction): Doing | undefined {
  const known = entries(ACTIONS).find(([, name]) => name === action._)
  if (known !== undefined) return { action: known[0] }
  const upload = entries(UPLOADS).find(([, name]) => name === action._)
  if (upload === undefined || !('progress' in action)) return undefined
  return { action: upload[0], progress: action.progress }
}

/** Typing and the like, in TL. Words that this node does not know, of a newer one, are typing. */
export function tlDoing({ action, progress = 0 }: Doing): SendMessageAction {
  const upload = entries(UPLOADS).find(([word]) => word === action)
  if (upload !== undefined) return { _: upload[1], progress }
  return { _: entries(ACTIONS).find(([word]) => word === action)?.[1] ?? ACTIONS.typing }
}

function entries<K extends string, V>(table: Readonly<Record<K, V>>): [K, V][] {
  return Object.entries(table) as [K, V][]
}
