import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { performance } from 'node:perf_hooks'
import { buildModel } from '../model/build-model.ts'
import type { Model } from '../model/model.ts'
import { SUGGESTIONS_MARK } from '../render/index.ts'
import { prefixOf } from '../render/links.ts'
import { BASE_MARK, siteFiles } from './files.ts'
import { oldAddresses, stub } from './old-addresses.ts'

/** Figures of a build. */
export interface BuildFigures {
  readonly pages: number
  readonly byKind: ReadonlyMap<string, number>
  readonly seconds: number
  readonly megabytesOfMemory: number
  readonly files: number
  readonly bytes: number
}

/** Options of a build. */
export interface BuildOptions {
  /** The folder to write; what it holds is deleted. It ends with a slash. */
  readonly folder: string
  readonly borrow: boolean
  readonly onProgress?: (made: number, of: number) => void
}

/** Builds the static site. */
export async function buildSite({
  folder,
  borrow,
  onProgress = () => {},
}: BuildOptions): Promise<{ model: Model; figures: BuildFigures }> {
  const startedMs = performance.now()
  const model = await buildModel({ borrow })
  rmSync(folder, { recursive: true, force: true })
  const writer = new FolderWriter(folder)
  const byKind = new Map<string, number>()
  for await (const { path, kind, text } of siteFiles(model, onProgress)) {
    writer.write(fileOf(path, kind), path === '/404' ? staticNotFound(text) : text)
    byKind.set(kind, (byKind.get(kind) ?? 0) + 1)
  }
  for (const [from, to] of oldAddresses(model))
    writer.write(from.slice(1), stub(prefixOf(from) + to.slice(1)))
  const pages = [...byKind].filter(([kind]) => kind !== 'markdown' && kind !== 'asset')
  return {
    model,
    figures: {
      pages: pages.reduce((sum, [, count]) => sum + count, 0),
      byKind,
      seconds: (performance.now() - startedMs) / 1000,
      megabytesOfMemory: process.resourceUsage().maxRSS / 1024,
      files: writer.files,
      bytes: writer.bytes,
    },
  }
}

/** The file of an address: a static host finds `methods/auth.sendCode.html` for `/methods/auth.sendCode`. */
export function fileOf(path: string, kind: string): string {
  if (path === '/') return 'index.html'
  const isWhole = kind === 'markdown' || (kind === 'asset' && path !== '/404')
  return `${path.slice(1)}${isWhole ? '' : '.html'}`
}

/** Static hosts serve this page at the root of a site, and know no suggestions. */
function staticNotFound(html: string): string {
  return html.replaceAll(BASE_MARK, '/').replace(SUGGESTIONS_MARK, '')
}

class FolderWriter {
  readonly #folder: string
  readonly #made = new Set<string>()
  files = 0
  bytes = 0

  constructor(folder: string) {
    this.#folder = folder
  }

  write(file: string, text: string): void {
    const folder = dirname(`${this.#folder}${file}`)
    if (!this.#made.has(folder)) mkdirSync(folder, { recursive: true })
    this.#made.add(folder)
    const bytes = Buffer.from(text)
    writeFileSync(`${this.#folder}${file}`, bytes)
    this.files += 1
    this.bytes += bytes.length
  }
}
