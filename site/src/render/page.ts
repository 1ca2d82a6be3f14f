/** The kinds of pages, as the build counts them. */
export type PageKind =
  | 'home'
  | 'method'
  | 'constructor'
  | 'type'
  | 'error'
  | 'primitive'
  | 'index'
  | 'guide'
  | 'call'
  | 'search'

/** Code in one language, one of several that say the same. */
export interface Tab {
  readonly title: string
  readonly language: string
  readonly code: string
  /** Markdown below the code. */
  readonly note?: string | undefined
}

/** A part of a page: Markdown, the same code in several languages, or a hook for the console's form. */
export type Block =
  | string
  | { readonly kind: 'tabs'; readonly tabs: readonly Tab[] }
  | { readonly kind: 'try'; readonly method: string }

/** A page before it is written as Markdown or HTML. Links in it are absolute addresses of the site. */
export interface Page {
  /** The address without an ending: `/methods/auth.sendCode`. */
  readonly path: string
  readonly kind: PageKind
  readonly title: string
  /** One sentence of plain text for search engines and the front matter. */
  readonly description: string
  readonly blocks: readonly Block[]
  /** Pages above this one, from the top. */
  readonly trail: readonly { readonly title: string; readonly path: string }[]
}
