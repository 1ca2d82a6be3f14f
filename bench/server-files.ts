/**
 * Measures what files cost the server beside what their encryption costs: 64 clients, each with an account and a connection
 * of its own, upload and download 10 MiB at the same time. The peer is the codec alone (file-codec.ts), in turns with the
 * server and with as many different parts in hand. The figures are processor time for each MiB, that of the event loop's thread
 * and that of the whole process, and the memory of a server that only takes uploads, and of one that only serves downloads. Then
 * one client has 20 of the largest parts on their way at once. The last figure of each server is its rate by the clock, beside what
 * the codec does in a second of one processor: clients have encrypted what they send, and read nothing of what they get.
 * `node bench/server-files.ts [CLIENTS] [MIB] [ROUNDS]`
 */
import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { decodeResult, type document, encodeRequest } from '@cablegram/tl/api'
import { buildPackages } from './build-packages.ts'
import type { CodecTask, CodecTime } from './file-codec.ts'
import { LoadClient } from './load-client.ts'
import { makeSignedInKeys } from './load-keys.ts'
import type { Usage } from './load-server.ts'
import { median } from './measure.ts'

const [clientCount = 64, mib = 10, rounds = 3] = process.argv.slice(2).map(Number)
const PART_BYTES = 512 * 1024
const MIB = 1024 * 1024
/** As many as mtcute has on a connection. */
const IN_FLIGHT = 3
/** MadelineProto's window. */
const LARGE_IN_FLIGHT = 20
/** Times that all of the window is asked for. */
const REPEATS = 4
/** The server closes a connection that does not ping as often as it said. On a busy machine an answer takes seconds. */
const LIMITS = { pingIntervalMs: 20_000, pongTimeoutMs: 300_000, disconnectDelayS: 600 }
/** The first rounds warm the compiler up: it takes some hundred parts until it has compiled all of the server's code. */
const warmUps = Math.max(1, Math.ceil(128 / (clientCount * mib)))
const PARTS = (mib * MIB) / PART_BYTES

const FIGURES = [
  ['loopUs', 'loop’s thread'],
  ['cpuUs', 'whole process'],
] as const

const bytes = new Uint8Array(randomBytes(PART_BYTES))
const folder = mkdtempSync(`${tmpdir()}/cablegram-server-files-`)
const serverFile = `${buildPackages()}load-server.ts`
copyFileSync(source('load-server.ts'), serverFile)
try {
  const keys = await makeSignedInKeys(folder, clientCount, clientCount)
  const codec = fork(source('file-codec.ts'), [String(clientCount * IN_FLIGHT)])
  await once(codec, 'message')
  const documents = await onServer(keys, (server, clients) => measureUploads(server, codec, clients))
  await onServer(keys, (server, clients) => measureDownloads(server, codec, clients, documents))
  codec.disconnect()
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Starts a server on the folder, and connects all clients to it meanwhile. */
async function onServer<T>(
  keys: Awaited<ReturnType<typeof makeSignedInKeys>>,
  act: (server: ChildProcess, clients: readonly LoadClient[]) => Promise<T>,
): Promise<T> {
  // With the packages as users install them: in the repository each thread of the server strips TypeScript, for 15 to 30 MB. And
  // with the flag that `npm start`, the container and the unit of systemd have.
  const flags = process.env['LOAD_SERVER_FLAGS'] ?? '--max-semi-space-size=8'
  const server = fork(serverFile, [folder], { execArgv: flags.split(' ') })
  const [ready] = await once(server, 'message')
  const clients = keys.map((key) => new LoadClient(ready, key, LIMITS))
  const ticking = setInterval(() => {
    for (const client of clients) client.wake()
  }, 250)
  await Promise.all(clients.map((client) => client.open()))
  const result = await act(server, clients)
  clearInterval(ticking)
  for (const client of clients) client.close()
  server.disconnect()
  await once(server, 'exit')
  return result
}

/** @returns a document of each client, from its last upload */
async function measureUploads(
  server: ChildProcess,
  codec: ChildProcess,
  clients: readonly LoadClient[],
): Promise<readonly document[]> {
  const before = await usage(server)
  const up: Turn[] = []
  const together: Cost[] = []
  let documents: readonly document[] = []
  for (let round = 0; round < warmUps + rounds; round++) {
    const act = () => each(clients, (client, index) => upload(client, fileId(round, index)))
    up.push(await turn(server, codec, 'up', act))
    const make = async () => {
      documents = await Promise.all(
        clients.map((client, index) => makeDocument(client, fileId(round, index))),
      )
    }
    together.push(await costOf(server, clients.length * mib, make))
  }
  report(`${clients.length} × ${mib} MiB up`, up.slice(warmUps))
  reportCost('… put together', together.slice(warmUps))
  await reportMemory(server, before)
  const [first] = clients
  if (first === undefined) throw new Error('there is no client')
  await measureWindow(server, '512 KiB', mib, async (round) => {
    // No round of all clients has this number.
    await upload(first, fileId(-1 - round, 0), LARGE_IN_FLIGHT)
  })
  await measureUploadRate(codec, clients)
  await reportMemory(server, before)
  return documents
}

async function measureDownloads(
  server: ChildProcess,
  codec: ChildProcess,
  clients: readonly LoadClient[],
  documents: readonly document[],
): Promise<void> {
  const before = await usage(server)
  const down: Turn[] = []
  for (let round = 0; round < warmUps + rounds; round++) {
    const act = () => each(clients, (client, index) => download(client, documents[index]))
    down.push(await turn(server, codec, 'down', act))
  }
  report(`${clients.length} × ${mib} MiB down`, down.slice(warmUps))
  await reportMemory(server, before)
  const [client, first] = [clients[0], documents[0]]
  if (client === undefined || first === undefined) throw new Error('nobody has a file')
  await measureWindow(server, '1 MiB', LARGE_IN_FLIGHT * REPEATS, () => downloadLarge(client, first))
  await reportMemory(server, before)
  for (const each of clients) each.countFrames(PART_BYTES)
  await measureRate(
    'down',
    codec,
    async () => () => each(clients, (one, index) => count(one, documents[index])),
  )
}

/** The cost of a large window on one connection. The first round warms up. */
async function measureWindow(
  server: ChildProcess,
  part: string,
  ofMib: number,
  act: (round: number) => Promise<void>,
): Promise<void> {
  const costs: Cost[] = []
  for (let round = 0; round <= rounds; round++) costs.push(await costOf(server, ofMib, () => act(round)))
  reportCost(`${LARGE_IN_FLIGHT} × ${part} in flight on one connection`, costs.slice(1))
}

async function reportMemory(server: ChildProcess, before: Usage): Promise<void> {
  const { peakRssBytes } = await usage(server)
  const grown = (peakRssBytes - before.rssBytes) / 1e6
  console.log(
    `… memory of the server: cablegram ${(before.rssBytes / 1e6).toFixed(0)} MB before and at most ${grown.toFixed(0)} MB more`,
  )
}

/** The rate of uploads by the clock: that of clients which have encrypted all of their parts before. */
async function measureUploadRate(codec: ChildProcess, clients: readonly LoadClient[]): Promise<void> {
  const idOf = (round: number, index: number) => fileId(warmUps + rounds + round, index)
  await measureRate('up', codec, async (round) => {
    // An account has room for a few uploads that were not put together.
    if (round > 0) {
      await each(clients, async (client, index) => {
        await makeDocument(client, idOf(round - 1, index))
      })
    }
    const uploads = clients.map((client, index) => prepareParts(client, idOf(round, index)))
    return () => each(clients, (_, index) => sendParts(uploads[index]))
  })
}

/** Measures a rate by the clock, beside what the codec does in a second of one processor. */
async function measureRate(
  direction: CodecTask['direction'],
  codec: ChildProcess,
  prepare: (round: number) => Promise<() => Promise<void>>,
): Promise<void> {
  const rates: { readonly ours: number; readonly theirs: number }[] = []
  for (let round = 0; round <= rounds; round++) {
    const { cpuUs } = await codecTime(codec, direction)
    const act = await prepare(round)
    const began = performance.now()
    await act()
    rates.push({ ours: (clientCount * mib * 1000) / (performance.now() - began), theirs: 1e6 / cpuUs })
  }
  const known = rates.slice(1)
  const [ours, theirs] = [median(known.map((one) => one.ours)), median(known.map((one) => one.theirs))]
  const ratio = median(known.map((one) => one.ours / one.theirs)).toFixed(2)
  console.log(
    `rate of ${direction}loads by the clock: cablegram ${ours.toFixed(0)} MiB/s, codec ${theirs.toFixed(0)} MiB/s: ${ratio}×`,
  )
}

async function count(client: LoadClient, from: document | undefined): Promise<void> {
  await inWindow(PARTS, IN_FLIGHT, (part) =>
    client.callForFrame(partRequest(from, part * PART_BYTES, PART_BYTES)),
  )
}

/** Processor time for each MiB, in microseconds. */
type Cost = Pick<CodecTime, 'cpuUs' | 'loopUs'>

/** Cost of the same bytes for the codec and for the server. */
interface Turn {
  readonly codec: Cost
  readonly server: Cost
}

async function turn(
  server: ChildProcess,
  codec: ChildProcess,
  direction: CodecTask['direction'],
  act: () => Promise<void>,
): Promise<Turn> {
  const before = await codecTime(codec, direction)
  const served = await costOf(server, clientCount * mib, act)
  const after = await codecTime(codec, direction)
  const meanOf = (one = 0, other = 0) => (one + other) / 2
  return {
    codec: { cpuUs: meanOf(before.cpuUs, after.cpuUs), loopUs: meanOf(before.loopUs, after.loopUs) },
    server: served,
  }
}

function report(name: string, turns: readonly Turn[]): void {
  for (const [figure, label] of FIGURES) {
    const pairs = turns.flatMap(({ codec, server }) => {
      const [theirs, ours] = [codec[figure], server[figure]]
      return ours === undefined || theirs === undefined ? [] : [{ ours, theirs }]
    })
    if (pairs.length === 0) continue
    const ours = median(pairs.map((pair) => pair.ours)).toFixed(0)
    const theirs = median(pairs.map((pair) => pair.theirs)).toFixed(0)
    const ratio = median(pairs.map((pair) => pair.theirs / pair.ours)).toFixed(2)
    console.log(`${name}, ${label}: cablegram ${ours} µs/MiB, codec ${theirs} µs/MiB: ${ratio}×`)
  }
}

function reportCost(name: string, costs: readonly Cost[]): void {
  for (const [figure, label] of FIGURES) {
    const known = costs.flatMap((cost) => cost[figure] ?? [])
    if (known.length > 0) console.log(`${name}, ${label}: cablegram ${median(known).toFixed(0)} µs/MiB`)
  }
}

/** Has every client do something at the same time. */
async function each(
  clients: readonly LoadClient[],
  act: (client: LoadClient, index: number) => Promise<void>,
): Promise<void> {
  await Promise.all(clients.map(act))
}

async function upload(client: LoadClient, id: bigint, inFlight = IN_FLIGHT): Promise<void> {
  await inWindow(PARTS, inFlight, async (filePart) => {
    await client.call(saveRequest(id, filePart))
  })
}

function prepareParts(client: LoadClient, id: bigint): readonly (() => Promise<unknown>)[] {
  return Array.from({ length: PARTS }, (_, filePart) => client.prepare(saveRequest(id, filePart)))
}

async function sendParts(parts: readonly (() => Promise<unknown>)[] = []): Promise<void> {
  await inWindow(parts.length, IN_FLIGHT, async (part) => {
    await parts[part]?.()
  })
}

function saveRequest(id: bigint, filePart: number): Uint8Array {
  return encodeRequest({ _: 'upload.saveBigFilePart', fileId: id, filePart, fileTotalParts: PARTS, bytes })
}

async function makeDocument(client: LoadClient, id: bigint): Promise<document> {
  const file = { _: 'inputFileBig', id, parts: PARTS, name: 'file.bin' } as const
  const media = { _: 'inputMediaUploadedDocument', file, mimeType: 'text/plain' } as const
  const call = { _: 'messages.uploadMedia', peer: { _: 'inputPeerSelf' } } as const
  const request = encodeRequest({ ...call, media: { ...media, attributes: [] } })
  const made = decodeResult('messages.uploadMedia', await client.call(request))
  const found = made._ === 'messageMediaDocument' ? made.document : undefined
  if (found?._ !== 'document') throw new Error('the upload has not become a document')
  return found
}

async function download(client: LoadClient, from: document | undefined): Promise<void> {
  await inWindow(PARTS, IN_FLIGHT, (part) => getPart(client, from, part * PART_BYTES, PART_BYTES))
}

async function downloadLarge(client: LoadClient, from: document): Promise<void> {
  const count = LARGE_IN_FLIGHT * REPEATS
  await inWindow(count, LARGE_IN_FLIGHT, (part) => getPart(client, from, (part % mib) * MIB, MIB))
}

async function getPart(
  client: LoadClient,
  from: document | undefined,
  offset: number,
  limit: number,
): Promise<void> {
  const answer = await client.call(partRequest(from, offset, limit))
  // upload.file, storage type, time and length are 16 bytes; a part has no padding.
  if (answer.length !== 16 + limit) throw new Error(`a part came with ${answer.length} bytes`)
}

function partRequest(from: document | undefined, offset: number, limit: number): Uint8Array {
  if (from === undefined) throw new Error('there is no such document')
  const { id, accessHash, fileReference } = from
  const location = { _: 'inputDocumentFileLocation', id, accessHash, fileReference, thumbSize: '' } as const
  return encodeRequest({ _: 'upload.getFile', location, offset: BigInt(offset), limit })
}

/** Calls for each index below `count`, some at a time. */
async function inWindow(count: number, size: number, act: (index: number) => Promise<void>): Promise<void> {
  let next = 0
  const one = async () => {
    while (next < count) await act(next++)
  }
  await Promise.all(Array.from({ length: size }, one))
}

/** The server's processor time meanwhile, for each of so many MiB. */
async function costOf(server: ChildProcess, ofMib: number, act: () => Promise<void>): Promise<Cost> {
  const before = await usage(server)
  await act()
  const after = await usage(server)
  const loopUs =
    after.loopUs === undefined || before.loopUs === undefined ? undefined : after.loopUs - before.loopUs
  return { cpuUs: (after.cpuUs - before.cpuUs) / ofMib, loopUs: loopUs && loopUs / ofMib }
}

async function usage(server: ChildProcess): Promise<Usage> {
  server.send('usage')
  const [used] = await once(server, 'message')
  return used
}

async function codecTime(codec: ChildProcess, direction: CodecTask['direction']): Promise<CodecTime> {
  codec.send({ direction, mib: Math.min(clientCount * mib, 256) } satisfies CodecTask)
  const [time]: [CodecTime] = (await once(codec, 'message')) as [CodecTime]
  return time
}

/** Different in each round: the server remembers what an upload has become. */
function fileId(round: number, index: number): bigint {
  return BigInt(1 + round * clientCount + index)
}

function source(file: string): string {
  return fileURLToPath(new URL(`./${file}`, import.meta.url))
}
