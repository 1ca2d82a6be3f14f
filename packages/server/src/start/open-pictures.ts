import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { UsageError } from '@cablegram/tl'
import type { Logger } from 'pino'
import { createInWorker } from '../files/pictures/in-worker.ts'
import type { PictureMaker } from '../files/pictures/port.ts'
import { machineTimer } from '../ground/clock.ts'

const LIBRARY = 'wasm-vips'

/**
 * The maker of smaller sizes of pictures, if its library is installed; it loads it with the first picture.
 *
 * @param thumbnails auto: the library that is installed beside the server; off: none; else the folder in which it is installed
 * @throws {UsageError} THUMBNAILS_UNUSABLE if it is not in that folder
 */
export function openPictures(thumbnails: string, logger: Logger): PictureMaker | undefined {
  if (thumbnails === 'off') return undefined
  const module = thumbnails === 'auto' ? find(import.meta.url) : inFolder(thumbnails)
  if (module === undefined) return undefined
  return createInWorker({
    module,
    startTimer: machineTimer,
    onMissing: (why) => logger.warn({ why }, 'wasm-vips does not start: photos have no smaller sizes'),
    onLost: (why) => logger.warn({ why }, 'a thread that makes smaller sizes of photos was ended'),
  })
}

function inFolder(folder: string): string {
  const found = find(pathToFileURL(join(resolve(folder), 'package.json')))
  if (found !== undefined) return found
  throw new UsageError(
    'THUMBNAILS_UNUSABLE',
    `${LIBRARY} is not installed in ${folder}. Install it: npm install ${LIBRARY} --prefix ${folder}.`,
  )
}

function find(from: string | URL): string | undefined {
  try {
    return pathToFileURL(createRequire(from).resolve(LIBRARY)).href
  } catch {
    return undefined
  }
}
