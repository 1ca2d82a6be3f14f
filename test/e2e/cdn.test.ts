/** Files over the CDN, as a client of Telegram reads them: data centre 203, with an RSA key of its own, on a port of its own. */
import assert from 'node:assert/strict'
import { createDecipheriv, createHash } from 'node:crypto'
import { after, test } from 'node:test'
import { memorySession, TelegramClient } from '@cablegram/client'
import { formatFingerprint, parseRsaPublicKey } from '@cablegram/mtproto/crypto'
import { type CablegramServer, startServer } from '@cablegram/server'
import { type document, encodeRequest, type inputDocumentFileLocation, type upload } from '@cablegram/tl/api'
import { first } from '../errors/any.ts'
import { signUp, testPhone } from './logins.ts'
import { OldConnection } from './old-wire.ts'

const KIB = 1024
const DAY_S = 86_400
const SELF = { _: 'inputPeerSelf' } as const
const FILE = { _: 'inputFile', id: 1n, parts: 1, name: 'a.bin', md5Checksum: '' } as const
const bytes = Uint8Array.from({ length: 300 * KIB + 5 }, (_, at) => 31 * at + 7)

const SECRET = '00112233445566778899aabbccddeeff'
const server = await startServer({ store: 'memory', testClock: true, cdn: 'all', mtproxySecret: SECRET })
after(() => server.close())
const clients: TelegramClient[] = []
after(async () => {
  for (const client of clients) await client.close()
})

let people = 0

async function signedUp(to: CablegramServer): Promise<TelegramClient> {
  const client = new TelegramClient(memorySession(), { server: to.info, pfs: false })
  clients.push(client)
  await signUp(client, to.info, testPhone(++people))
  return client
}

/** Sends a document of {@link bytes}. */
async function sendDocument(client: TelegramClient): Promise<document> {
  const bytesOf = (part: number) => bytes.subarray(part * 512 * KIB, (part + 1) * 512 * KIB)
  await client.upload.saveFilePart({ fileId: FILE.id, filePart: 0, bytes: bytesOf(0) })
  const attributes = [{ _: 'documentAttributeFilename', fileName: 'a.bin' }] as const
  const made = await client.messages.uploadMedia({
    peer: SELF,
    media: {
      _: 'inputMediaUploadedDocument',
      file: FILE,
      mimeType: 'application/x-test',
      attributes: [...attributes],
    },
  })
  const media = made._ === 'messageMediaDocument' ? made.document : undefined
  return media?._ === 'document' ? media : assert.fail('no document')
}

function locationOf({ id, accessHash, fileReference }: document): inputDocumentFileLocation {
  return { _: 'inputDocumentFileLocation', id, accessHash, fileReference, thumbSize: '' }
}

function getFile(client: TelegramClient, sent: document, cdnSupported: boolean): Promise<upload.File> {
  return client.upload.getFile({ location: locationOf(sent), offset: 0n, limit: 512 * KIB, cdnSupported })
}

async function redirectOf(client: TelegramClient, sent: document): Promise<upload.fileCdnRedirect> {
  const answer = await getFile(client, sent, true)
  return answer._ === 'upload.fileCdnRedirect' ? answer : assert.fail(answer._)
}

/** The port and the key of the CDN, which clients find by the configuration. */
async function cdnOf(client: TelegramClient): Promise<{ readonly port: number; readonly pem: string }> {
  const { dcOptions } = await client.help.getConfig()
  const { publicKeys } = await client.help.getCdnConfig()
  const option = dcOptions.find(({ cdn }) => cdn) ?? assert.fail('no CDN')
  const [key] = publicKeys
  assert.deepEqual([option.id, key?.dcId, publicKeys.length], [203, 203, 1])
  return { port: option.port, pem: key?.publicKey ?? '' }
}

async function cdnClient(client: TelegramClient, mtproxy?: string): Promise<TelegramClient> {
  const { port, pem } = await cdnOf(client)
  const dcs = [{ id: 203, host: '127.0.0.1', port }]
  const known = { ...server.info, dcs, publicKeys: [{ pem, fingerprint: '' }] }
  const cdn = new TelegramClient(memorySession(), { server: known, pfs: false, ...(mtproxy && { mtproxy }) })
  clients.push(cdn)
  return cdn
}

const refused = (text: string) => (error: unknown) => error instanceof Error && error.message.includes(text)

test('a file comes over the CDN as it was sent, once the CDN has it', async () => {
  const client = await signedUp(server)
  const sent = await sendDocument(client)
  const cdn = await cdnClient(client)
  const { fileToken, encryptionKey, encryptionIv, fileHashes, dcId } = await redirectOf(client, sent)
  assert.deepEqual([dcId, encryptionKey.length, encryptionIv.length], [203, 32, 16])
  assert.deepEqual(
    fileHashes.map(({ offset }) => offset),
    [0n, 131_072n, 262_144n],
  )
  assert.equal(
    Buffer.from(fileHashes[0]?.hash ?? [])
      .toString('hex')
      .slice(0, 16),
    '2af5d3dffc8442da',
  )

  const part = { fileToken, offset: 0n, limit: 128 * KIB }
  const first = await cdn.upload.getCdnFile(part)
  assert.ok(first._ === 'upload.cdnFileReuploadNeeded')
  const { requestToken } = first
  const brought = await client.upload.reuploadCdnFile({ fileToken, requestToken })
  assert.deepEqual(brought, fileHashes)
  // The answer may be lost, and the call comes again.
  assert.deepEqual(await client.upload.reuploadCdnFile({ fileToken, requestToken }), fileHashes)
  const parts: Uint8Array[] = []
  for (const { offset, limit, hash } of fileHashes) {
    const answer = await cdn.upload.getCdnFile({ ...part, offset })
    assert.ok(answer._ === 'upload.cdnFile')
    const counter = Buffer.from(encryptionIv)
    counter.writeUInt32BE(Number(offset) / 16, 12)
    const decipher = createDecipheriv('aes-256-ctr', encryptionKey, counter)
    const plain = decipher.update(answer.bytes)
    assert.equal(plain.length, limit)
    assert.deepEqual(createHash('sha256').update(plain).digest(), Buffer.from(hash))
    parts.push(plain)
  }
  assert.ok(Buffer.concat(parts).equals(bytes))
  const behind = await cdn.upload.getCdnFile({ ...part, offset: 393_216n })
  assert.ok(behind._ === 'upload.cdnFile' && behind.bytes.length === 0)
  const rest = await client.upload.getCdnFileHashes({ fileToken, offset: 200_000n })
  assert.deepEqual(rest, fileHashes.slice(1))
})

test('clients of an MTProxy come to the CDN at the one address that they have', async () => {
  const client = await signedUp(server)
  const { fileToken } = await redirectOf(client, await sendDocument(client))
  const port = server.info.dcs[0]?.port
  const cdn = await cdnClient(client, `tg://proxy?server=127.0.0.1&port=${port}&secret=${SECRET}`)
  const answer = await cdn.upload.getCdnFile({ fileToken, offset: 0n, limit: 4096 })
  assert.equal(answer._, 'upload.cdnFileReuploadNeeded')
  await assert.rejects(cdn.help.getConfig(), refused('CDN_METHOD_INVALID'))
})

test('a temporary key needs no permanent one at the CDN', async () => {
  const client = await signedUp(server)
  const { fileToken } = await redirectOf(client, await sendDocument(client))
  const { port, pem } = await cdnOf(client)
  const peer = new OldConnection({ host: '127.0.0.1', port }, DAY_S)
  try {
    await peer.open(pem, formatFingerprint(parseRsaPublicKey(pem).fingerprint))
    const call = encodeRequest({ _: 'upload.getCdnFile', fileToken, offset: 0n, limit: 4096 })
    const answer = await peer.call(first(call))
    assert.equal(answer.readUInt32LE(0), 0xeea8e46e)
  } finally {
    peer.close()
  }
})

test('a client that cannot go there is not sent, and reads the file itself', async () => {
  const client = await signedUp(server)
  const answer = await getFile(client, await sendDocument(client), false)
  assert.ok(answer._ === 'upload.file' && Buffer.from(answer.bytes).equals(bytes))
})

test('the CDN has one method, which no other data centre has, and no login', async () => {
  const client = await signedUp(server)
  const cdn = await cdnClient(client)
  const { fileToken } = await redirectOf(client, await sendDocument(client))
  for (const call of [
    () => cdn.help.getConfig(),
    () =>
      cdn.auth.sendCode({
        phoneNumber: testPhone(9),
        apiId: 1,
        apiHash: '',
        settings: { _: 'codeSettings' },
      }),
    () => cdn.upload.getCdnFileHashes({ fileToken, offset: 0n }),
    () => cdn.upload.reuploadCdnFile({ fileToken, requestToken: fileToken }),
  ])
    await assert.rejects(call, refused('CDN_METHOD_INVALID'))
  await assert.rejects(
    client.upload.getCdnFile({ fileToken, offset: 0n, limit: 4096 }),
    refused('METHOD_INVALID'),
  )
  for (const [offset, limit, text] of [
    [1n, 4096, 'OFFSET_INVALID'],
    [-4096n, 4096, 'OFFSET_INVALID'],
    [0n, 1000, 'LIMIT_INVALID'],
    [0n, 2 * 1024 * KIB, 'LIMIT_INVALID'],
  ] as const)
    await assert.rejects(cdn.upload.getCdnFile({ fileToken, offset, limit }), refused(text))
})

test('tokens are sealed, for one use and one file, and end after a day', async () => {
  const client = await signedUp(server)
  const cdn = await cdnClient(client)
  const [one, other] = [await sendDocument(client), await sendDocument(client)]
  const { fileToken } = await redirectOf(client, one)
  const { fileToken: otherToken } = await redirectOf(client, other)
  const forged = Uint8Array.from(fileToken, (byte, at) => (at === 20 ? byte ^ 1 : byte))
  const part = { offset: 0n, limit: 4096 }
  for (const token of [forged, new Uint8Array(), fileToken.subarray(1)]) {
    await assert.rejects(cdn.upload.getCdnFile({ ...part, fileToken: token }), refused('FILE_TOKEN_INVALID'))
    const request = { fileToken: token, requestToken: token }
    await assert.rejects(client.upload.reuploadCdnFile(request), refused('FILE_TOKEN_INVALID'))
    await assert.rejects(
      client.upload.getCdnFileHashes({ fileToken: token, offset: 0n }),
      refused('FILE_TOKEN_INVALID'),
    )
  }
  const needed = await cdn.upload.getCdnFile({ ...part, fileToken })
  assert.ok(needed._ === 'upload.cdnFileReuploadNeeded')
  const { requestToken } = needed
  for (const [file, request] of [
    [otherToken, requestToken],
    [fileToken, fileToken],
  ] as const) {
    const call = client.upload.reuploadCdnFile({ fileToken: file, requestToken: request })
    await assert.rejects(call, refused('REQUEST_TOKEN_INVALID'))
  }
  await assert.rejects(client.upload.getCdnFileHashes({ fileToken, offset: -1n }), refused('OFFSET_INVALID'))
  await server.clock.advance(DAY_S)
  await assert.rejects(cdn.upload.getCdnFile({ ...part, fileToken }), refused('FILE_TOKEN_INVALID'))
  await assert.rejects(
    client.upload.reuploadCdnFile({ fileToken, requestToken }),
    refused('FILE_TOKEN_INVALID'),
  )
  await redirectOf(client, one)
})

test('the console says for which files clients are sent there', async () => {
  const chosen = await startServer({ store: 'memory', cdn: 'chosen', dcs: 2 })
  try {
    const client = new TelegramClient(memorySession(), { server: chosen.info, pfs: false })
    clients.push(client)
    await signUp(client, chosen.info, testPhone(21))
    const sent = await sendDocument(client)
    assert.equal((await getFile(client, sent, true))._, 'upload.file')
    const put = (cdn: boolean) =>
      fetch(`${chosen.info.console}/api/files/${sent.id}/cdn`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ cdn }),
      })
    assert.equal((await put(true)).status, 204)
    assert.equal((await getFile(client, sent, true))._, 'upload.fileCdnRedirect')
    await chosen.cdn.choose(sent.id, false)
    assert.equal((await getFile(client, sent, true))._, 'upload.file')
    await assert.rejects(chosen.cdn.choose(7n), refused('No photo and no document'))
    const [, , cdn] = (await client.help.getConfig()).dcOptions
    assert.deepEqual([cdn?.id, cdn?.cdn, cdn?.port], [203, true, (chosen.info.dcs[1]?.port ?? 0) + 1])
  } finally {
    await chosen.close()
  }
})

test('a server without a CDN tells of none, and sends nobody there', async () => {
  const plain = await startServer({ store: 'memory' })
  try {
    const client = new TelegramClient(memorySession(), { server: plain.info, pfs: false })
    clients.push(client)
    await signUp(client, plain.info, testPhone(31))
    const sent = await sendDocument(client)
    assert.equal((await getFile(client, sent, true))._, 'upload.file')
    assert.deepEqual((await client.help.getCdnConfig()).publicKeys, [])
    assert.equal(
      (await client.help.getConfig()).dcOptions.some(({ cdn }) => cdn),
      false,
    )
    await assert.rejects(plain.cdn.choose(sent.id), refused('has no CDN'))
  } finally {
    await plain.close()
  }
})
