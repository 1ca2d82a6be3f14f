/**
 * The Markdown twin of a page, made from its HTML, so that a reference file does not hold everything twice. It knows the
 * elements that pages made from the schema have.
 *
 * @param layer the layer that the front matter names
 * @returns undefined if the page has an element that it does not know
 */
export function twinOf(html: string, layer: number): string | undefined {
  const title = unescaped(/<h1>([\s\S]*?)<\/h1>\n/.exec(html)?.[1]?.replaceAll('<wbr>', '') ?? '')
  const description = unescaped(/<meta name="description" content="([^"]*)">/.exec(html)?.[1] ?? '')
  const kind = /<body class="(\w+)"/.exec(html)?.[1] ?? ''
  const start = html.indexOf('</h1>\n')
  const end = html.indexOf('\n</main>')
  if (start < 0 || end < start) return undefined
  const blocks = blocksOf(html.slice(start + '</h1>\n'.length, end))
  if (blocks === undefined) return undefined
  const head = [
    '---',
    `title: ${JSON.stringify(title)}`,
    `description: ${JSON.stringify(description)}`,
    `kind: ${kind}`,
    `layer: ${layer}`,
    '---',
  ]
  return `${head.join('\n')}\n\n${[`# ${title}`, ...blocks].join('\n\n')}\n`
}

type Block = readonly [RegExp, (match: RegExpExecArray) => readonly string[] | undefined]

const BLOCKS: readonly Block[] = [
  [/<p>([\s\S]*?)<\/p>\s*/y, ([, text = '']) => [inline(text)]],
  [
    /<h([23])(?: id="[^"]*")?>(.*?)<\/h\1>\s*/y,
    ([, level, text = '']) => [`${'#'.repeat(Number(level))} ${inline(text)}`],
  ],
  [
    /<pre class="code (\w+)" tabindex="0"><code>([\s\S]*?)<\/code><\/pre>\s*/y,
    ([, language = '', code = '']) => [fence(language, code)],
  ],
  [/<ul>\n((?:<li>.*<\/li>\n)+)<\/ul>\s*/y, ([, items = '']) => [list(items)]],
  [/<div class="table"><table>([\s\S]*?)<\/table><\/div>\s*/y, ([, rows = '']) => [table(rows)]],
  [
    /<div class="tabs">((?:<section id="[^"]*" data-tab="[^"]*">[\s\S]*?<\/section>)+)<\/div>\s*/y,
    ([, tabs = '']) => tabBlocks(tabs),
  ],
  [/<section id="try-it"[^>]*><\/section>\s*/y, () => []],
]

function blocksOf(html: string): string[] | undefined {
  const blocks: string[] = []
  for (let at = 0; at < html.length; ) {
    const found = firstMatch(html, at)
    if (found === undefined) return undefined
    blocks.push(...found.blocks)
    at = found.end
  }
  return blocks
}

function firstMatch(html: string, at: number): { blocks: readonly string[]; end: number } | undefined {
  for (const [pattern, write] of BLOCKS) {
    pattern.lastIndex = at
    const match = pattern.exec(html)
    // A pattern may be asked again inside `write`, which moves it.
    const end = pattern.lastIndex
    const blocks = match === null ? undefined : write(match)
    if (blocks !== undefined) return { blocks, end }
  }
  return undefined
}

function tabBlocks(tabs: string): readonly string[] | undefined {
  const parts = [...tabs.matchAll(/<section id="[^"]*" data-tab="[^"]*">([\s\S]*?)<\/section>/g)].map(
    ([, inner = '']) => blocksOf(inner),
  )
  return parts.includes(undefined) ? undefined : parts.flatMap((part) => part ?? [])
}

function fence(language: string, code: string): string {
  return `\`\`\`${language}\n${unescaped(code.replace(/<\/?i\b[^>]*>/g, ''))}\n\`\`\``
}

function list(items: string): string {
  return [...items.matchAll(/<li>(.*)<\/li>\n/g)].map(([, item = '']) => `- ${inline(item)}`).join('\n')
}

function table(html: string): string {
  const rows = [...html.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, row = '']) => {
    const cells = [...row.matchAll(/<t[hd](?:[^>"]|"[^"]*")*>([\s\S]*?)<\/t[hd]>/g)].map(([, cell = '']) =>
      inline(cell).replaceAll('|', '\\|'),
    )
    return { count: cells.length, line: `| ${cells.join(' | ')} |` }
  })
  const [head, ...others] = rows
  if (head === undefined) return ''
  const rule = `|${'---|'.repeat(head.count)}`
  return [head.line, rule, ...others.map(({ line }) => line)].join('\n')
}

function inline(html: string): string {
  const text = html
    .replaceAll('<wbr>', '')
    .replace(
      /<a href="([^"]*)">([\s\S]*?)<\/a>/g,
      (_, href: string, label: string) => `[${label}](${twinAddress(href)})`,
    )
    .replace(/<\/?strong>/g, '**')
    .replace(/<\/?em>/g, '*')
    .replace(/<\/?code>/g, '`')
  return unescaped(text)
}

function twinAddress(href: string): string {
  if (!/^\.\.?\//.test(href)) return href
  const [path = '', fragment] = href.split('#')
  const page = path.endsWith('/') ? `${path}index` : path
  return `${page}.md${fragment === undefined ? '' : `#${fragment}`}`
}

function unescaped(html: string): string {
  return html.replace(/&(?:amp|lt|gt|quot);/g, (entity) => CHARACTERS[entity] ?? entity)
}

const CHARACTERS: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' }
