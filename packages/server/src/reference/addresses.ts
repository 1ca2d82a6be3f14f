import { closestNames } from '@cablegram/tl'
import { contentType } from './content-type.ts'

/** Finds its way among the addresses of a reference. */
export interface Addresses {
  /** The addresses of the pages. */
  readonly pages: readonly string[]
  /** The address that an older or odd form of it leads to. */
  moved(path: string): string | undefined
  /** The page for an address that leads nowhere, with names that are close to it. */
  notFound(template: string, path: string, base: string): string
}

/** Longer addresses are not looked at. */
const MAX_PATH = 512

/** Knows these addresses. */
export function createAddresses(paths: readonly string[]): Addresses {
  const known = new Set(paths)
  const pages = paths.filter((path) => contentType(path).startsWith('text/html') && path !== '/404')
  const byName = namesOf(pages)
  return {
    pages,
    moved(path) {
      if (path.length > MAX_PATH) return undefined
      return candidates(path).find((each) => known.has(each))
    },
    notFound(template, path, base) {
      const found = path.length > MAX_PATH ? [] : closest(path, byName)
      const links = found.map((each) => `<a href="${base}${escaped(each)}">${escaped(nameOf(each))}</a>`)
      const question = links.length === 0 ? '' : `Did you mean ${links.join(' or ')}?`
      return template.replaceAll('%BASE%', `${base}/`).replace('%SUGGESTIONS%', question)
    },
  }
}

/** Addresses that an odd one may stand for: without its slash or ending, or that of a page of the older reference. */
function candidates(path: string): string[] {
  const plain = path.replace(/\/+$/, '').replace(/(?:\/index)?\.html$/, '')
  const old = /^\/(?:API_docs\/)?(methods|constructors|types)\/([\w.]+)$/.exec(plain)
  const renamed = old === null ? [] : [old[2] ?? '', (old[2] ?? '').replace('_', '.')]
  const single = /^\/(method|constructor|type)\/([\w.]+)$/.exec(plain)
  return [
    plain === '' ? '/' : plain,
    ...renamed.map((name) => `/${old?.[1]}/${name}`),
    ...(single === null ? [] : [`/${single[1]}s/${single[2]}`]),
    ...(plain === '/API_docs' ? ['/'] : []),
    ...(/^\/API_docs\/(?:methods|constructors|types)$/.test(plain) ? [plain.slice('/API_docs'.length)] : []),
  ].filter((each) => each !== path)
}

/** Addresses by the last part, in each folder and in all. */
type Names = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>

const EVERYWHERE = ''

function namesOf(pages: readonly string[]): Names {
  const folders = new Map<string, Map<string, string[]>>()
  for (const path of pages) {
    for (const folder of [EVERYWHERE, folderOf(path)]) {
      const names = folders.get(folder) ?? new Map<string, string[]>()
      folders.set(folder, names)
      names.set(nameOf(path), [...(names.get(nameOf(path)) ?? []), path])
    }
  }
  return folders
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1)
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** Names in the folder of the address, else anywhere. */
function closest(path: string, names: Names): string[] {
  const wanted = nameOf(path.replace(/\.(?:md|html)$/, '').replace(/\/+$/, ''))
  for (const folder of [folderOf(path), EVERYWHERE]) {
    const inFolder = names.get(folder)
    if (inFolder === undefined) continue
    const found = closestNames(wanted, inFolder.keys()).flatMap((name) => inFolder.get(name) ?? [])
    if (found.length > 0) return found
  }
  return []
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
