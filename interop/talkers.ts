/** The programs whose people talk with each other: one of each library, started once on one server. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { AdapterCommand } from './client-process.ts'
import { CHROMIUM, MTPROXY_SECRET, type Need } from './programs.ts'

/** One library. */
export interface TalkerProgram extends AdapterCommand {
  readonly name: string
  readonly needs?: readonly Need[]
  /** Packages of PyPI, the first with an environment of its own for all. */
  readonly pip?: readonly string[]
  /** A folder with a Go program that is its adapter. */
  readonly go?: string
  /** Matches a line of its log that tells of an error. Each run ends with a proof of that. */
  readonly complaint: RegExp
  /** It says nothing of a server that is gone: the proof asks it to complain. */
  readonly complainsWhenAsked?: true
  /** Acts that its layer or library does not have; its neighbours in the ring play them with each other. */
  readonly lacks?: readonly string[]
  /**
   * It does not count the events that its own reading and deleting makes (affectedMessages): the next event is a gap to it,
   * and it asks for a difference half a second later.
   */
  readonly missesOwnReads?: { readonly layer: number }
}

/** TDLib also calls methods that this server does not have, and copes. */
const TDLIB_COMPLAINT = /^\[ ?[01]\](?!.*METHOD_NOT_IMPLEMENTED).*$/m
/** GramJS warns of its own end of a connection for files that it no longer needs. */
const GRAMJS_COMPLAINT = /^.*\[(?:WARN|ERROR)\](?!.*\[Disconnecting\.\.\.\]).*$/m
/** A new connection for files of mtcute sends its first packet twice, and forgets the ping in the first. */
const MTCUTE_COMPLAINT = /^.*\[(?:WRN|ERR)\](?!.*received pong to unknown ping).*$/m
const PYTHON_COMPLAINT = /^(?:WARNING|ERROR|CRITICAL):.*$|^Traceback.*$/m

/** Without it, AES is Python: an hour for 12 MiB. */
const TGCRYPTO = 'tgcrypto==1.2.5'
const TDLIB_1_8_0 = 'tdlib-1.8.0/prebuilds/tdlib-linux-x64/libtdjson.so'

/** In the order of the ring. */
export const TALKERS: readonly TalkerProgram[] = [
  {
    name: 'mtcute',
    adapter: 'clients/mtcute.mjs',
    args: ['intermediate'],
    complaint: MTCUTE_COMPLAINT,
  },
  {
    name: 'gramjs',
    adapter: 'clients/gramjs.mjs',
    args: ['telegram', 'full'],
    complaint: GRAMJS_COMPLAINT,
  },
  {
    name: 'telethon',
    adapter: 'clients/telethon_client.py',
    args: ['full'],
    pip: ['telethon==1.45.0'],
    complaint: PYTHON_COMPLAINT,
  },
  {
    name: 'cablegram',
    adapter: 'clients/cablegram.ts',
    args: ['{}'],
    complaint: /^.*Error.*$/m,
    complainsWhenAsked: true,
  },
  {
    name: 'tdlib',
    adapter: 'clients/tdlib.mjs',
    args: [MTPROXY_SECRET],
    needs: ['tdlib'],
    complaint: TDLIB_COMPLAINT,
    complainsWhenAsked: true,
  },
  {
    name: 'tdlib-1.8.0',
    adapter: 'clients/tdlib.mjs',
    args: [MTPROXY_SECRET, 'default', TDLIB_1_8_0],
    needs: ['tdlib'],
    complaint: TDLIB_COMPLAINT,
    complainsWhenAsked: true,
    lacks: ['reaction'],
  },
  {
    name: 'mtcute-chromium',
    adapter: 'clients/mtcute-web.mjs',
    args: [CHROMIUM],
    needs: ['chromium'],
    // The console of a page gives a text and the styles of its parts.
    complaint: /^.*color: #\w+ (?:WRN|ERR) (?!.*received pong to unknown ping).*$|^Uncaught .*$/m,
  },
  {
    name: 'gotd',
    adapter: '.go/gotd',
    args: [],
    go: 'clients/gotd',
    needs: ['go'],
    complaint: /^.*\t(?:WARN|ERROR)\t.*$/m,
    missesOwnReads: { layer: 170 },
  },
  {
    name: 'telethon-1.25',
    adapter: 'clients/telethon_client.py',
    args: ['full'],
    needs: ['telethon'],
    complaint: PYTHON_COMPLAINT,
    missesOwnReads: { layer: 144 },
  },
  {
    name: 'gramjs-1.10',
    adapter: 'clients/gramjs.mjs',
    args: ['gramjs-1', 'full'],
    complaint: GRAMJS_COMPLAINT,
    lacks: ['reaction', 'album'],
  },
  {
    name: 'kurigram',
    adapter: 'clients/pyrogram_client.py',
    args: [],
    pip: ['kurigram==2.2.26', TGCRYPTO],
    complaint: PYTHON_COMPLAINT,
  },
  {
    name: 'pyrogram',
    adapter: 'clients/pyrogram_client.py',
    args: [],
    pip: ['pyrogram==2.0.106', TGCRYPTO],
    complaint: PYTHON_COMPLAINT,
  },
]

const HERE = fileURLToPath(new URL('.', import.meta.url))
const PIP_WITHIN_MS = 180_000

/** Installs or builds a library where that is missing, and returns how to start its program. */
export function installed(talker: TalkerProgram): TalkerProgram {
  if (talker.go !== undefined) buildGo(talker.go, talker.adapter)
  return talker.pip === undefined ? talker : { ...talker, python: pythonOf(talker.pip) }
}

/** Makes the environment of Python packages where it is missing; returns its Python. */
export function pythonOf(pip: readonly string[]): string {
  const folder = `${HERE}.python/${pip.join('+')}`
  const python = `${folder}/bin/python`
  if (existsSync(`${folder}/ready`)) return python
  console.log(`installing ${pip.join(', ')} …`)
  const commands = [
    ['python3', '-m', 'venv', folder],
    [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...pip],
    ['touch', `${folder}/ready`],
  ]
  for (const [program = '', ...args] of commands) {
    const { status, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: PIP_WITHIN_MS })
    if (status !== 0) throw new Error(`${pip.join(', ')} could not be installed: ${stderr}`)
  }
  return python
}

/** The first compilation of gotd takes minutes of both processors, and others are tested meanwhile. */
const GO_WITHIN_MS = 1_200_000
/** The library is very large. Without optimisation and facts for debuggers the compiler takes less time and memory. */
export const GO_ENV = { GOFLAGS: '"-gcflags=all=-N -l -dwarf=false"' }

/** Builds the Go program in a folder; its modules come from where Go is told to look for them. */
export function buildGo(folder: string, program: string): void {
  const args = ['build', '-mod=readonly', '-o', `${HERE}${program}`, '.']
  const env = { ...process.env, ...GO_ENV }
  const options = { cwd: `${HERE}${folder}`, env, encoding: 'utf8', timeout: GO_WITHIN_MS } as const
  const { status, stderr } = spawnSync('go', args, options)
  if (status !== 0) throw new Error(`${folder} could not be built: ${stderr}`)
}
