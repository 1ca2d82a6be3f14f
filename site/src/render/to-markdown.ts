import { isRepositoryFile } from './links.ts'
import type { Block, Page, Tab } from './page.ts'

/** Writes a page as Markdown: the twin of its HTML, for programs and people without a browser. */
export function toMarkdown(page: Page, { prefix, layer }: { prefix: string; layer: number }): string {
  const head = [
    '---',
    `title: ${JSON.stringify(page.title)}`,
    `description: ${JSON.stringify(page.description)}`,
    `kind: ${page.kind}`,
    `layer: ${layer}`,
    '---',
  ]
  const text = [`# ${page.title}`, ...page.blocks.map(blockText).filter((block) => block !== '')].join('\n\n')
  return `${head.join('\n')}\n\n${withLinks(text, prefix)}\n`
}

function blockText(block: Block): string {
  if (typeof block === 'string') return block
  return block.kind === 'try' ? '' : block.tabs.map(tabText).join('\n\n')
}

function tabText({ title, language, code, note }: Tab): string {
  const fence = code === '' ? '' : `\`\`\`${language}\n${code.trimEnd()}\n\`\`\``
  return [`### ${title}`, fence, note ?? ''].filter((part) => part !== '').join('\n\n')
}

/** Links lead to the twins of other pages; code stays as it is. */
function withLinks(text: string, prefix: string): string {
  return text
    .split(/(^```[\s\S]*?^```$)/m)
    .map((part, index) =>
      index % 2 === 1 ? part : part.replace(LINK, (_, label, href) => link(label, href, prefix)),
    )
    .join('')
}

const LINK = /\[((?:[^[\]]|\[[^[\]]*\])*)\]\(([^()\s]+)\)/g

function link(label: string, href: string, prefix: string): string {
  if (isRepositoryFile(href)) return label
  if (!href.startsWith('/')) return `[${label}](${href})`
  const [, path = '', fragment = ''] = /^([^#]*)(#.*)?$/.exec(href) ?? []
  return `[${label}](${prefix}${path === '/' ? 'index' : path.slice(1)}.md${fragment})`
}
