import type { NewMedia } from '../../rules/chats/send-media.ts'
import type { GivenMedia } from '../../rules/files/make-media.ts'
import type { SentFile } from '../../rules/files/words.ts'
import type { DocumentAttribute } from '../../rules/messages/words.ts'
import { TEST_FILM, TEST_PICTURE, TEST_TEXT, TEST_VOICE } from './test-files.ts'
import type { FileKind, NewPersonMedia } from './words.ts'

/** Facts about a file that nobody has given: the file of a test has them, too. */
interface FileDefaults {
  readonly fileName: string
  readonly mime: string
  readonly testFile: Uint8Array
}

const DEFAULTS: Readonly<Record<FileKind, FileDefaults>> = {
  photo: { fileName: 'photo.jpg', mime: 'image/jpeg', testFile: TEST_PICTURE },
  document: { fileName: 'file.txt', mime: 'text/plain', testFile: TEST_TEXT },
  voice: { fileName: '', mime: 'audio/ogg', testFile: TEST_VOICE },
  audio: { fileName: 'audio.ogg', mime: 'audio/ogg', testFile: TEST_VOICE },
  video: { fileName: 'video.mp4', mime: 'video/mp4', testFile: TEST_FILM },
  animation: { fileName: 'animation.mp4', mime: 'video/mp4', testFile: TEST_FILM },
  round: { fileName: '', mime: 'video/mp4', testFile: TEST_FILM },
}

/** Types of documents by the ends of their names; others are of no known type. */
const TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  gif: 'image/gif',
  html: 'text/html',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  json: 'application/json',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  ogg: 'audio/ogg',
  pdf: 'application/pdf',
  png: 'image/png',
  tgs: 'application/x-tgsticker',
  txt: 'text/plain',
  webm: 'video/webm',
  webp: 'image/webp',
  zip: 'application/zip',
}
const UNKNOWN_TYPE = 'application/octet-stream'

/** The length and size of the film and the tone of a test, and of files whose sender says nothing of them. */
const TEST_SECONDS = 1
const TEST_PIXELS = 64

/** Tells whether media are a file. */
export function isFileKind(kind: NewPersonMedia['kind']): kind is FileKind {
  return Object.hasOwn(DEFAULTS, kind)
}

/** The bytes of the file that a test sends if it gives none. */
export function testFileOf(kind: FileKind): Uint8Array {
  return DEFAULTS[kind].testFile
}

/** The name of a file: as given, or by its kind. */
export function fileNameOf(kind: FileKind, { fileName }: NewPersonMedia): string {
  return fileName ?? DEFAULTS[kind].fileName
}

/** A file of somebody's, whose parts the server has, as media of a message. */
export function fileMedia(
  kind: FileKind,
  media: NewPersonMedia,
  sent: { readonly file: SentFile; readonly isBig: boolean },
): NewMedia {
  const shown = media.isSpoiler === true ? { isSpoiler: true } : {}
  return { kind: 'file', ...shown, given: givenFile(kind, media, sent) }
}

function givenFile(
  kind: FileKind,
  media: NewPersonMedia,
  { file, isBig }: { readonly file: SentFile; readonly isBig: boolean },
): GivenMedia {
  if (kind === 'photo') return { kind: 'photo', file, isBig }
  return {
    kind: 'document',
    file,
    thumb: undefined,
    mime: media.mime ?? typeOf(kind, file.name),
    attributes: attributesOf(kind, media),
    isPlain: kind === 'document',
    staysVideo: kind === 'video',
  }
}

function typeOf(kind: FileKind, name: string): string {
  const byName = TYPES[/\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? '']
  return byName ?? (kind === 'document' ? UNKNOWN_TYPE : DEFAULTS[kind].mime)
}

function attributesOf(kind: FileKind, media: NewPersonMedia): DocumentAttribute[] {
  const { durationS = TEST_SECONDS, width = TEST_PIXELS, height = TEST_PIXELS } = media
  switch (kind) {
    case 'photo':
    case 'document':
      return []
    case 'voice':
      return [{ kind: 'audio', durationS, isVoice: true }]
    case 'audio':
      return [{ kind: 'audio', durationS, ...(media.title !== undefined && { title: media.title }) }]
    case 'video':
      return [{ kind: 'video', durationS, width, height, canStream: true }]
    case 'animation':
      return [{ kind: 'video', durationS, width, height, canStream: true }, { kind: 'animated' }]
    case 'round':
      return [{ kind: 'video', durationS, width, height, isRound: true }]
  }
}
