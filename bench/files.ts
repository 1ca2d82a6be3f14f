/**
 * Measures files beside mtcute and GramJS on one server: time and processor time per MiB, up and down. Each client is a process of
 * its own, and they take turns. `node bench/files.ts [MIB] [ROUNDS]`
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memorySession, TelegramClient } from '@cablegram/client'
import { startServer } from '@cablegram/server'
import { CLIENT_NAMES, type ClientName as Name } from './client-programs.ts'
import type { FilesResult, FilesSetup } from './files-client.ts'

const [mib = 64, rounds = 3] = process.argv.slice(2).map(Number)
const CODE = '22222'

const WORDS: Readonly<Record<keyof FilesResult, string>> = {
  upMs: 'file up, time',
  upCpuMs: 'file up, processor',
  downMs: 'file down, time',
  downCpuMs: 'file down, processor',
  callMs: 'small call during both, worst',
}

const folder = await mkdtemp(join(tmpdir(), 'cablegram-bench-files-'))
const server = await startServer({ data: join(folder, 'data') })
try {
  const path = join(folder, 'file.bin')
  await writeFile(path, testBytes(mib * 1024 * 1024))
  const results = new Map<Name, FilesResult[]>(CLIENT_NAMES.map((name) => [name, []]))
  for (const [index] of CLIENT_NAMES.entries()) await signUp(phoneOf(index))
  for (let round = 0; round < rounds; round++) {
    for (const [index, name] of CLIENT_NAMES.entries()) {
      results
        .get(name)
        ?.push(await measure(name, { path, mib, phone: phoneOf(index), code: CODE, server: server.info }))
    }
  }
  for (const figure of ['upMs', 'upCpuMs', 'downMs', 'downCpuMs', 'callMs'] as const) print(figure, results)
} finally {
  await server.close()
  await rm(folder, { recursive: true })
}

function print(figure: keyof FilesResult, results: ReadonlyMap<Name, readonly FilesResult[]>): void {
  const median = (name: Name) => {
    const sorted = (results.get(name) ?? []).map((each) => each[figure]).toSorted((a, b) => a - b)
    return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  }
  const unit = figure === 'callMs' ? 'ms' : 'ms/MiB'
  const ours = median('cablegram')
  for (const peer of ['mtcute', 'gramjs'] as const) {
    const theirs = median(peer)
    const ratio = (theirs / ours).toFixed(2)
    console.log(
      `${WORDS[figure]}: cablegram ${ours.toFixed(2)} ${unit}, ${peer} ${theirs.toFixed(2)} ${unit}: ${ratio}×`,
    )
  }
}

async function measure(name: Name, setup: FilesSetup): Promise<FilesResult> {
  const child = fork(new URL('./files-client.ts', import.meta.url), [name])
  child.send(setup)
  const [result]: [FilesResult] = (await once(child, 'message')) as [FilesResult]
  if (child.exitCode === null) await once(child, 'exit')
  return result
}

async function signUp(phoneNumber: string): Promise<void> {
  await using client = new TelegramClient(memorySession(), { server: server.info })
  await client.start({
    phone: async () => phoneNumber,
    code: async () => CODE,
    name: async () => ({ firstName: 'Ada' }),
  })
}

function phoneOf(index: number): string {
  return `+99966200${String(index).padStart(2, '0')}`
}

function testBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; at++) bytes[at] = 31 * at + (at >> 9) + 7
  return bytes
}
