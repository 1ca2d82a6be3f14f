/**
 * A page of the reference for a terminal: plain text in lines of this width. Code keeps its lines; tables become lists, since
 * their columns hold sentences.
 */
export function plainPage(markdown: string, width: number): string {
  const text = markdown.replace(/^---\n[\s\S]*?\n---\n+/, '')
  const parts = text.split(/(^```[^\n]*\n[\s\S]*?^```$)/m)
  const blocks = parts.flatMap((part, index) =>
    index % 2 === 1 ? [codeBlock(part)] : paragraphs(part, width),
  )
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

function codeBlock(fence: string): string {
  const lines = fence.split('\n').slice(1, -1)
  return lines.map((line) => (line === '' ? '' : `    ${line}`)).join('\n')
}

function paragraphs(text: string, width: number): string[] {
  return text
    .trim()
    .split(/\n{2,}/)
    .map((block) => blockText(block, width))
}

function blockText(block: string, width: number): string {
  const heading = /^(#{1,6}) (.*)$/.exec(block)
  if (heading !== null) return headingText(plain(heading[2] ?? ''), heading[1]?.length ?? 1)
  if (block.startsWith('|')) return tableText(block, width)
  if (/^(?:[-*]|\d+\.) /.test(block)) {
    const items = block.split(/\n(?=(?:[-*]|\d+\.) )/)
    return items
      .map((item) => wrapped(`- ${plain(item.replace(/^(?:[-*]|\d+\.) /, ''))}`, width, '  '))
      .join('\n')
  }
  return wrapped(plain(block), width, '')
}

function headingText(text: string, level: number): string {
  if (level > 2) return `${text}:`
  return `${text}\n${(level === 1 ? '=' : '-').repeat(text.length)}`
}

/** Each row is an item: its first cell, then the others with the names of their columns. */
function tableText(block: string, width: number): string {
  const [head = [], , ...rows] = block.split('\n').map(cellsOf)
  return rows
    .map(([first = '', ...cells]) => {
      const lines = cells
        .map((cell, index) => labelled(head[index + 1] ?? '', cell))
        .filter((line) => line !== '')
      return [first, ...lines.map((line) => wrapped(line, width, '    ').replace(/^/, '    '))].join('\n')
    })
    .join('\n')
}

function labelled(label: string, cell: string): string {
  if (cell === '' || cell === '–') return ''
  return label === '' ? cell : `${label}: ${cell}`
}

function cellsOf(line: string): string[] {
  return line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => plain(cell.trim()))
}

/** Text without the marks of Markdown; links keep their words, and addresses of other sites. */
function plain(markdown: string): string {
  return markdown
    .replace(/\[([^\]]*)\]\((https?:[^)]*)\)/g, '$1 ($2)')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\*\*([^*]*)\*\*/g, '$1')
    .replace(/`([^`]*)`/g, '$1')
    .replace(/\\([\\|*[\]_])/g, '$1')
    .replace(/\s+/g, ' ')
}

function wrapped(text: string, width: number, indent: string): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = `${indent}${word}`
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].join('\n')
}
