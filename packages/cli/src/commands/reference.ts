import { spawn } from 'node:child_process'
import { existsSync, globSync, statSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { ReferenceSource } from '@cablegram/server/reference'
import { CommandError } from '../errors.ts'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** In the package that is installed. */
const PACKED = at('../../reference.pages')
/** In a clone of the repository, where the site is made. */
const CLONE = at('../../../../')
const MAKER = `${CLONE}site/src/pack.ts`
const MADE = `${CLONE}site/dist/reference.pages`
/** The pages are made of these; a newer one makes the file outdated. */
const INGREDIENTS = [
  'site/{src,examples,printers,guides,notes}/**/*.{ts,css,md}',
  'site/{purposes,examples/answers}.json',
  'packages/tl/generated/{errors.json,fields.js}',
  'packages/tl/sources/words/*.json',
]

/** The reference of this installation: its own file, or in a clone one that is made when somebody first asks for it. */
export function referenceSource(): ReferenceSource {
  if (existsSync(PACKED) || !existsSync(MAKER)) return { file: PACKED }
  return { file: MADE, make: makeReference, isOutdated: () => isOutdated(MADE) }
}

function isOutdated(file: string): boolean {
  const made = statSync(file, { throwIfNoEntry: false })
  if (made === undefined) return true
  const newest = globSync(INGREDIENTS, { cwd: CLONE }).map((each) => statSync(`${CLONE}${each}`).mtimeMs)
  return newest.some((changedMs) => changedMs > made.mtimeMs)
}

/** Runs the maker in a process of its own, so that a server goes on meanwhile. */
function makeReference(say: (line: string) => void, signal?: AbortSignal): Promise<void> {
  const child = spawn(process.execPath, [MAKER, MADE, '--quick'], {
    cwd: CLONE,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal && { signal }),
  })
  // npm, which the maker may wait for, has these pipes too: the server does not wait for it.
  signal?.addEventListener('abort', () => [child.stdout, child.stderr].map((pipe) => pipe.destroy()))
  let complaint = ''
  child.stderr.setEncoding('utf8')
  child.stderr.on('data', (text: string) => {
    complaint = `${complaint}${text}`.slice(-MAX_COMPLAINT)
  })
  createInterface({ input: child.stdout }).on('line', say)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) => {
      if (status === 0) resolve()
      else reject(new CommandError(`the reference was not made: ${lastLine(complaint)}`))
    })
  })
}

const MAX_COMPLAINT = 4000

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? ''
}
