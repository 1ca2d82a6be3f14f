import type { Model } from '../model/model.ts'
import { createRenderer, type PageKind, pagePaths } from '../render/index.ts'
import { searchDocuments } from '../search/documents.ts'
import { llmsTxt } from './llms-txt.ts'
import { searchScript, siteScript, styleSheet } from './scripts.ts'

/** A file of the site: what a browser gets for an address. */
export interface SiteFile {
  /** The address: `/methods/auth.sendCode`, `/methods/auth.sendCode.md`, `/style.css`. */
  readonly path: string
  readonly kind: PageKind | 'markdown' | 'asset'
  readonly text: string
}

/** Makes every file of the site, the large number of pages one by one. */
export async function* siteFiles(
  model: Model,
  onProgress: (made: number, of: number) => void,
): AsyncGenerator<SiteFile> {
  yield { path: '/style.css', kind: 'asset', text: await styleSheet() }
  yield { path: '/site.js', kind: 'asset', text: await siteScript() }
  yield { path: '/search.js', kind: 'asset', text: await searchScript() }
  yield { path: '/search.json', kind: 'asset', text: searchData(model) }
  yield { path: '/llms.txt', kind: 'asset', text: llmsTxt(model) }
  const renderer = await createRenderer()
  const addresses = pagePaths(model)
  for (const [index, path] of addresses.entries()) {
    const rendered = renderer.renderPage(model, path)
    if (rendered === undefined) throw new Error(`no page for ${path}`)
    yield { path, kind: rendered.page.kind, text: rendered.html }
    yield { path: `${path === '/' ? '/index' : path}.md`, kind: 'markdown', text: rendered.markdown }
    onProgress(index + 1, addresses.length)
  }
  yield { path: '/404', kind: 'asset', text: renderer.renderNotFound(model, BASE_MARK).html }
}

/** Stands for the address of the site on the page for unknown addresses. */
export const BASE_MARK = '%BASE%'

/** Rows without names of fields; a name that ends the id is left out. */
function searchData(model: Model): string {
  return JSON.stringify(
    searchDocuments(model).map(({ id, name, text, errors, purposes = '', isSupported = false }) => {
      const row = [id, id.endsWith(`/${name}`) ? '' : name, text, errors, purposes, isSupported ? '1' : '']
      while (row.at(-1) === '') row.pop()
      return row
    }),
  )
}
