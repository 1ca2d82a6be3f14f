/** Runs several test files in one process of Node's test runner. */
import { readFileSync, writeSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { after, before, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { isLong } from '../effort.ts'
import { catchHook } from './promise-hooks.ts'
import { needsFullRounds, startRoundSwitch } from './rounds.ts'
import './seed.ts'
import { shareServerKeys } from './server-keys.ts'
import { shortenExponents } from './short-exponents.ts'
import { startTimes } from './times.ts'

/** Times after which a file counts as hung, and a process that has run all its tests. */
export interface TogetherLimits {
  readonly fileMs: number
  readonly exitMs: number
}

/** `npm run test:secrets` looks for secrets in logs: for that, a password in few rounds is as good. */
const isRecorded = process.env['SECRETS_FOLDER'] !== undefined

/** Generous: other programs may use the machine, too, and a step beside this one does. */
const LIMITS: TogetherLimits = { fileMs: isLong ? 1_200_000 : 240_000, exitMs: 20_000 }

/**
 * Registers each file as a suite of its name. Hooks that a file has outside of suites apply to that file only, as if it
 * were alone.
 *
 * A file that hangs fails by its name, and the next one runs. What blocks the whole thread is ended by another thread,
 * which names the file.
 *
 * @param files absolute paths
 * @param nameOf the name of a file's suite
 */
export function together(
  files: readonly string[],
  nameOf: (file: string) => string,
  limits: TogetherLimits = LIMITS,
): void {
  const watchdog = startWatchdog(limits.fileMs * 1.2)
  const useFullRounds = startRoundSwitch()
  shareServerKeys()
  if (!isLong) shortenExponents()
  const useRoundsOf = (file: string) =>
    useFullRounds((isLong && !isRecorded) || needsFullRounds(readFileSync(file, 'utf8')))
  const leftovers = new Map<string, readonly string[]>()
  const noteTimes = startTimes()
  let current: string | undefined
  const enter = (name: string | undefined) => {
    // All files are loaded by now. Other processes, which begin meanwhile, need not compile the same modules.
    if (current === undefined) {
      flushCompileCache()
      followNoPromises()
    }
    noteTimes(name)
    if (current !== undefined) leftovers.set(current, process.getActiveResourcesInfo())
    current = name
    watchdog.postMessage({ running: name })
  }
  const followNoPromises = catchHook(() =>
    after(() => {
      enter(undefined)
      setTimeout(() => leave(leftovers), limits.exitMs).unref()
    }),
  )
  /** Imports a test file into the suite that is being described. One that cannot be loaded is a test that fails. */
  const loadAfter = async (earlier: Promise<void>, name: string, file: string): Promise<void> => {
    // The test runner finds the suite by the promise that is awaited: it must be made here.
    await new Promise<void>((resolve) => earlier.then(resolve))
    watchdog.postMessage({ loading: name })
    useRoundsOf(file)
    try {
      await import(pathToFileURL(file).href)
    } catch (error) {
      test(`${name} can be loaded`, () => {
        throw error
      })
    }
  }
  let loading = Promise.resolve()
  for (const file of files) {
    const name = nameOf(file)
    describe(name, { timeout: limits.fileMs }, () => {
      before(() => {
        enter(name)
        useRoundsOf(file)
      })
      loading = loadAfter(loading, name, file)
      return loading
    })
  }
}

function startWatchdog(limitMs: number): Worker {
  const watchdog = new Worker(new URL('./watchdog-thread.ts', import.meta.url), { workerData: limitMs })
  watchdog.unref()
  return watchdog
}

/** Ends a process whose tests have ended, and names what keeps it open. */
function leave(leftovers: ReadonlyMap<string, readonly string[]>): void {
  const lines = [...leftovers].map(([name, resources]) => `  after ${name}: ${counted(resources)}\n`)
  writeSync(2, `All tests have ended, but this process is kept open. Open were\n${lines.join('')}`)
  process.exit(1)
}

function counted(names: readonly string[]): string {
  const kinds = [...new Set(names)].map((kind) => `${names.filter((name) => name === kind).length} ${kind}`)
  return kinds.join(', ') || 'nothing'
}
