import { escapeHtml } from './highlight.ts'
import type { Page } from './page.ts'
import type { Content } from './to-html.ts'

/** Puts the inside of a page between its head, the bar and the footer. */
export function shell(page: Page, { html, headings }: Content, prefix: string): string {
  const title = page.kind === 'home' ? page.title : `${page.title} · Cablegram`
  const twin = `${prefix}${page.path === '/' ? 'index' : page.path.slice(1)}.md`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<meta name="description" content="${escapeHtml(page.description)}">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${prefix}style.css">
<link rel="alternate" type="text/markdown" href="${twin}">
<script src="${prefix}site.js"></script>
</head>
<body class="${page.kind}" data-root="${prefix}">
<a class="skip" href="#main">Skip to the content</a>
<header>
<a class="brand" href="${prefix}">Cablegram</a>
<form role="search" action="${prefix}search">
<input type="search" name="q" aria-label="Search the reference" placeholder="Search" autocomplete="off" spellcheck="false">
</form>
<nav aria-label="Reference">
${NAVIGATION.map(([path, text]) => navigationLink(path, text, page, prefix)).join('\n')}
</nav>
</header>
<div class="page">
<main id="main">
${trail(page, prefix)}<h1>${breakable(escapeHtml(page.title))}</h1>
${html}
</main>
${contents(headings)}</div>
<footer>
${html.includes('class="borrowed"') ? BORROWED_NOTE : ''}<p><a href="${twin}">This page as Markdown</a> · <a href="${prefix}llms.txt">llms.txt</a></p>
</footer>
</body>
</html>
`
}

const NAVIGATION: readonly (readonly [string, string])[] = [
  ['purposes', 'What to do'],
  ['methods', 'Methods'],
  ['constructors', 'Constructors'],
  ['types', 'Types'],
  ['errors', 'Errors'],
  ['guides', 'Guides'],
]

const BORROWED_NOTE =
  '<p id="borrowed">Descriptions with ° are taken from <a href="https://core.telegram.org">core.telegram.org</a>. Only pages made on this machine show them.</p>\n'

function navigationLink(path: string, text: string, page: Page, prefix: string): string {
  const isHere = page.path === `/${path}` || page.trail[0]?.path === `/${path}`
  return `<a href="${prefix}${path}"${isHere ? ' aria-current="true"' : ''}>${text}</a>`
}

function trail({ trail: above }: Page, prefix: string): string {
  if (above.length === 0) return ''
  const links = above.map(({ title, path }) => `<a href="${prefix}${path.slice(1)}">${escapeHtml(title)}</a>`)
  return `<nav class="trail" aria-label="Breadcrumb">${links.join(' › ')}</nav>\n`
}

/** Long names may break after a dot or an underscore. */
function breakable(text: string): string {
  return text.replace(/([._])/g, '$1<wbr>')
}

/** A list of two headings helps nobody. */
const MIN_HEADINGS = 3

function contents(headings: Content['headings']): string {
  if (headings.length < MIN_HEADINGS) return ''
  const items = headings.map(({ id, text }) => `<li><a href="#${id}">${escapeHtml(text)}</a></li>`)
  return `<nav class="contents" aria-label="On this page"><h2>On this page</h2><ul>${items.join('')}</ul></nav>\n`
}
