/** States of files that are on their way, or in a message. */
import { type NoNames, SELF, SIGNED_UP } from './scene.ts'
import type { CallStep, State, TextStep } from './state.ts'

const savePart: CallStep = {
  method: 'upload.saveFilePart',
  params: { fileId: 5_830_117_402_961_774n, filePart: 0, bytes: Uint8Array.of(72, 101, 108, 108, 111) },
}

const sendDocument: CallStep = {
  method: 'messages.sendMedia',
  params: {
    peer: SELF,
    media: {
      _: 'inputMediaUploadedDocument',
      file: {
        _: 'inputFile',
        id: 5_830_117_402_961_774n,
        parts: 1,
        name: 'hello.txt',
        md5Checksum: '',
      },
      mimeType: 'text/plain',
      attributes: [],
    },
    message: '',
    randomId: 2_716_930_058_441_327n,
  },
}

const FIND_DOCUMENT = `npx cablegram call messages.getMessages '{"id":[{"_":"inputMessageID","id":1}]}' --get messages.0.media.document`

/** The document of the first message. */
const documentFound: TextStep = {
  as: 'document',
  typescript: [
    "const found = await client.messages.getMessages({ id: [{ _: 'inputMessageID', id: 1 }] })",
    "const [first] = found._ === 'messages.messages' ? found.messages : []",
    "const media = first?._ === 'message' ? first.media : undefined",
    "const document = media?._ === 'messageMediaDocument' ? media.document : undefined",
    "if (document?._ !== 'document') throw new Error('the message has no document')",
  ].join('\n'),
  lua: [
    "local found = messages.getMessages{ id = { { _ = 'inputMessageID', id = 1 } } }",
    'local document = found.messages[1].media.document',
  ].join('\n'),
  command: ['id', 'accessHash', 'fileReference']
    .map((name) => `${name}=$(${FIND_DOCUMENT}.${name})`)
    .join('\n'),
}

const LOCATION = `{"_":"inputDocumentFileLocation","id":"'$id'","accessHash":"'$accessHash'","fileReference":"'$fileReference'","thumbSize":""}`

/** The way to the document on the CDN. */
const redirected: TextStep = {
  as: 'redirect',
  typescript: [
    'const { id, accessHash, fileReference } = document',
    'const redirect = await client.upload.getFile({',
    "  location: { _: 'inputDocumentFileLocation', id, accessHash, fileReference, thumbSize: '' },",
    '  offset: 0n,',
    '  limit: 4096,',
    '  cdnSupported: true,',
    '})',
    "if (redirect._ !== 'upload.fileCdnRedirect') throw new Error('the file does not go over the CDN')",
  ].join('\n'),
  lua: [
    'local redirect = upload.getFile{',
    "  location = { _ = 'inputDocumentFileLocation', id = document.id, access_hash = document.access_hash,",
    "    file_reference = document.file_reference, thumb_size = '' },",
    '  offset = 0, limit = 4096, cdn_supported = true,',
    '}',
  ].join('\n'),
  command: `fileToken=$(npx cablegram call upload.getFile '{"location":${LOCATION},"offset":"0","limit":4096,"cdnSupported":true}' --get fileToken)`,
}

/** A picture of 160 by 160 pixels in two colours. */
export const PICTURE: Uint8Array = Uint8Array.from(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAKAAAACgAQAAAACjtFqAAAAAI0lEQVR42u3IMQEAAAwCIEvav4oF1mBwkh4ipZRSSimllP9yTcImvZ9mT0wAAAAASUVORK5CYII=',
    'base64',
  ),
)

/** The picture as a file that was sent. */
export const PICTURE_FILE = {
  _: 'inputFile',
  id: 7_302_118_466_029_513n,
  parts: 1,
  name: 'me.png',
  md5Checksum: '',
} as const

/** The step that sends the picture. */
export const savePicture: CallStep = {
  method: 'upload.saveFilePart',
  params: { fileId: PICTURE_FILE.id, filePart: 0, bytes: PICTURE },
}

/** The names that each of these states gives to values. */
export interface FileNames {
  readonly partSaved: NoNames
  readonly pictureSaved: NoNames
  readonly photoShown: NoNames
  readonly cdnIsThere: NoNames
  readonly sentToCdn: { readonly redirect: { readonly fileToken: Uint8Array } }
  readonly documentSent: {
    readonly document: {
      readonly id: bigint
      readonly accessHash: bigint
      readonly fileReference: Uint8Array
    }
  }
}

/** States of files. */
export const FILE_STATES: Readonly<Record<keyof FileNames, State>> = {
  partSaved: {
    words: 'Ada is signed in and has sent the only part of a file.',
    start: SIGNED_UP,
    steps: [savePart],
  },
  pictureSaved: {
    words: 'Ada is signed in and has sent a picture as the only part of a file.',
    start: SIGNED_UP,
    steps: [savePicture],
  },
  photoShown: {
    words: 'Ada is signed in and shows a photo.',
    start: SIGNED_UP,
    steps: [savePicture, { method: 'photos.uploadProfilePhoto', params: { file: PICTURE_FILE } }],
  },
  documentSent: {
    words: 'Ada is signed in and has sent herself a document.',
    start: SIGNED_UP,
    steps: [savePart, sendDocument, documentFound],
  },
  cdnIsThere: {
    words: 'The server has a CDN. Nobody is signed in.',
    serve: '--cdn all',
  },
  sentToCdn: {
    words:
      'The server has a CDN. Ada is signed in, has sent herself a document, and is sent to the CDN for it.',
    serve: '--cdn all',
    start: SIGNED_UP,
    steps: [savePart, sendDocument, documentFound, redirected],
  },
}
