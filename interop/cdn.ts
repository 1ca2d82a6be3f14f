/** A scenario for a client that fetches files from the CDN: its server has `--cdn all`. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { countCalls } from '../test/e2e/console.ts'
import type { ClientProcess } from './client-process.ts'
import { bytesOf, hashOf, KIB, MIB } from './files.ts'
import { type Scenario, signedIn } from './scenarios.ts'
import type { Stage } from './stage.ts'

/** In the order of the table. */
export const CDN: readonly Scenario[] = [{ name: 'files by CDN', play: filesByCdn }]

/** One stretch with a hash of its own, and many with an end that is none. */
const SIZES = [128 * KIB, 3 * MIB + 1]
const CDN_ANSWERS = 'method="upload.getCdnFile",result="ok"'
/** The largest part that the protocol allows. */
const MAX_PART_BYTES = MIB

/** One account sends files, another downloads them. The bytes are equal, and come from the CDN. */
async function filesByCdn(stage: Stage): Promise<void> {
  const sender = await signedIn(stage)
  const reader = await signedIn(stage)
  const chat = await sender.client.talk('addContact', reader.login.phone, 'Reader')
  for (const size of SIZES) {
    const path = stage.path(`${size}.bin`)
    await writeFile(path, bytesOf(size))
    const caption = `a file of ${size} bytes`
    await sender.client.talk('sendMedia', chat, { kind: 'file', path, caption })
    const before = await countCalls(stage.server.console, CDN_ANSWERS)
    assert.equal(await hashOf(await received(stage, reader.client, caption)), await hashOf(path))
    expectFromCdn(stage, size, (await countCalls(stage.server.console, CDN_ANSWERS)) - before)
  }
}

/** Downloads the file that comes with this caption. @returns where it is */
async function received(stage: Stage, client: ClientProcess, caption: string): Promise<string> {
  const { chat, id } = await client.hears('message', ({ out, text }) => !out && text === caption)
  const path = stage.path(`download ${id}`)
  await client.talk('download', chat, id, path)
  return path
}

/** The first answer for a file is upload.cdnFileReuploadNeeded; each other one has at most 1 MiB. */
function expectFromCdn(stage: Stage, size: number, answers: number): void {
  stage.note(`${answers} answers of the CDN for ${size} bytes`)
  const least = 1 + Math.ceil(size / MAX_PART_BYTES)
  assert.ok(answers >= least, `the CDN answered ${answers} times; ${size} bytes take at least ${least}`)
}
