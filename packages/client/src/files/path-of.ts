import { fileURLToPath } from 'node:url'
import { UsageError } from '@cablegram/tl'

/** The path that a program gives, or that its `file:` URL leads to. @throws UsageError with this code for other URLs, and for '' */
export function pathOf(place: string | URL, code: 'FILE_SOURCE_INVALID' | 'FILE_TARGET_INVALID'): string {
  if (place !== '' && typeof place === 'string' && !/^file:\/\//i.test(place)) return place
  try {
    return fileURLToPath(place)
  } catch (cause) {
    const shown = place === '' ? 'An empty string' : String(place).slice(0, 100)
    throw new UsageError(code, `${shown} is not the path of a file, nor a file: URL.`, { cause })
  }
}
