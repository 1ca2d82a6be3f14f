import type { Model } from '../model/model.ts'
import { findPage } from './find-page.ts'
import { createHighlighter } from './highlight.ts'
import { prefixOf } from './links.ts'
import type { Page } from './page.ts'
import { notFoundPage } from './plain-pages.ts'
import { shell } from './shell.ts'
import { createHtmlWriter, type HtmlWriter } from './to-html.ts'
import { toMarkdown } from './to-markdown.ts'

export { pagePaths } from './find-page.ts'
export type { Page, PageKind } from './page.ts'
export { SUGGESTIONS_MARK } from './plain-pages.ts'

/** A page in both forms. */
export interface RenderedPage {
  readonly page: Page
  readonly html: string
  readonly markdown: string
}

/** Renders pages; the grammars of its highlighter are loaded once. */
export interface Renderer {
  /** The page of an address without an ending; undefined if there is none. */
  renderPage(model: Model, path: string): RenderedPage | undefined
  /** The page for addresses that lead nowhere; its links begin with `prefix`. */
  renderNotFound(model: Model, prefix: string): RenderedPage
}

/** Makes a renderer. */
export async function createRenderer(): Promise<Renderer> {
  const writer = createHtmlWriter(await createHighlighter())
  return {
    renderPage(model, path) {
      const page = findPage(model, path)
      return page && rendered(page, model, prefixOf(path), writer)
    },
    renderNotFound: (model, prefix) => rendered(notFoundPage(), model, prefix, writer),
  }
}

function rendered(page: Page, model: Model, prefix: string, writer: HtmlWriter): RenderedPage {
  return {
    page,
    html: shell(page, writer.write(page, prefix), prefix),
    markdown: toMarkdown(page, { prefix, layer: model.layers.newest }),
  }
}
