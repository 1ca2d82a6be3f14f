import { fileURLToPath } from 'node:url'

/** The path that a program gives, or that its `file:` URL leads to; undefined for another URL, and for no text at all. */
export function pathOf(place: string | URL): string | undefined {
  if (typeof place === 'string' && !/^file:\/\//i.test(place)) return place === '' ? undefined : place
  try {
    return fileURLToPath(place)
  } catch {
    return undefined
  }
}
