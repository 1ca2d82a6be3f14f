import assert from 'node:assert/strict'
import { memorySession, TelegramClient } from '@cablegram/client'
import type { CablegramServer } from '@cablegram/server'
import { SELF } from './chats.ts'
import { type Cause, cause } from './registry.ts'
import type { World } from './world.ts'

const FILE = { _: 'inputFile', id: 8n, parts: 1, name: 'a.txt', md5Checksum: '' } as const
const NONE = new Uint8Array()

/** A client, one of the CDN, and the token of a file there. */
interface OnCdn {
  readonly client: TelegramClient
  readonly cdn: TelegramClient
  readonly fileToken: Uint8Array
}

const PREPARED = new WeakMap<World, Promise<OnCdn>>()

/** One server for all of them. */
function onCdn(world: World): Promise<OnCdn> {
  const prepared = PREPARED.get(world) ?? prepare(world)
  PREPARED.set(world, prepared)
  return prepared
}

async function prepare(world: World): Promise<OnCdn> {
  const server = await world.start({ cdn: 'all' })
  const client = await world.user(server)
  await client.upload.saveFilePart({ fileId: FILE.id, filePart: 0, bytes: new Uint8Array(9) })
  const media = await client.messages.uploadMedia({
    peer: SELF,
    media: { _: 'inputMediaUploadedDocument', file: FILE, mimeType: 'text/plain', attributes: [] },
  })
  assert.ok(media._ === 'messageMediaDocument' && media.document?._ === 'document')
  const { id, accessHash, fileReference } = media.document
  const location = { _: 'inputDocumentFileLocation', id, accessHash, fileReference, thumbSize: '' } as const
  const answer = await client.upload.getFile({ location, offset: 0n, limit: 4096, cdnSupported: true })
  assert.ok(answer._ === 'upload.fileCdnRedirect')
  return { client, cdn: await cdnOf(world, server, client), fileToken: answer.fileToken }
}

/** A client of the CDN, which it finds by the configuration. */
export async function cdnOf(
  world: World,
  server: CablegramServer,
  client: TelegramClient,
): Promise<TelegramClient> {
  const { dcOptions } = await client.help.getConfig()
  const { publicKeys } = await client.help.getCdnConfig()
  const { id, ipAddress: host, port } = dcOptions.find(({ cdn }) => cdn) ?? assert.fail('no CDN')
  const keys = publicKeys.map(({ publicKey: pem }) => ({ pem, fingerprint: '' }))
  const at = { ...server.info, dcs: [{ id, host, port }], publicKeys: keys }
  const cdn = new TelegramClient(memorySession(), { server: at, pfs: false })
  world.closeLater(cdn)
  return cdn
}

const refused = (method: string, error: string, act: (on: OnCdn) => Promise<unknown>): Cause =>
  cause(method, error, async (world) => {
    await act(await onCdn(world))
  })

/** Errors of files on the CDN. */
export const CDN_CAUSES: readonly Cause[] = [
  refused('any', '400 CDN_METHOD_INVALID', ({ cdn }) => cdn.help.getConfig()),
  refused('upload.getCdnFile', '404 METHOD_INVALID', ({ client, fileToken }) =>
    client.upload.getCdnFile({ fileToken, offset: 0n, limit: 4096 }),
  ),
  refused('upload.getCdnFile', '400 FILE_TOKEN_INVALID', ({ cdn }) =>
    cdn.upload.getCdnFile({ fileToken: NONE, offset: 0n, limit: 4096 }),
  ),
  refused('upload.getCdnFile', '400 OFFSET_INVALID', ({ cdn, fileToken }) =>
    cdn.upload.getCdnFile({ fileToken, offset: 7n, limit: 4096 }),
  ),
  refused('upload.getCdnFile', '400 LIMIT_INVALID', ({ cdn, fileToken }) =>
    cdn.upload.getCdnFile({ fileToken, offset: 0n, limit: 1 }),
  ),
  refused('upload.reuploadCdnFile', '400 FILE_TOKEN_INVALID', ({ client }) =>
    client.upload.reuploadCdnFile({ fileToken: NONE, requestToken: NONE }),
  ),
  refused('upload.reuploadCdnFile', '400 REQUEST_TOKEN_INVALID', ({ client, fileToken }) =>
    client.upload.reuploadCdnFile({ fileToken, requestToken: fileToken }),
  ),
  refused('upload.getCdnFileHashes', '400 FILE_TOKEN_INVALID', ({ client }) =>
    client.upload.getCdnFileHashes({ fileToken: NONE, offset: 0n }),
  ),
  refused('upload.getCdnFileHashes', '400 OFFSET_INVALID', ({ client, fileToken }) =>
    client.upload.getCdnFileHashes({ fileToken, offset: -1n }),
  ),
]
