import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { paths } from '../paths.ts'

/** A guide: a page written by hand. */
export interface Guide {
  /** The name in its address: `login`. */
  readonly name: string
  readonly title: string
  readonly description: string
  readonly order: number
  /** Markdown without the front matter and without the first heading, which is the title. */
  readonly text: string
}

/** Reads all guides, in their order. */
export function readGuides(): readonly Guide[] {
  const guides = globSync('*.md', { cwd: paths.guides }).map((file) =>
    parseGuide(basename(file, '.md'), readFileSync(`${paths.guides}${file}`, 'utf8')),
  )
  return guides.sort((a, b) => a.order - b.order || a.name.localeCompare(b.name))
}

/** Splits a guide into its front matter and its text. */
export function parseGuide(name: string, file: string): Guide {
  const [, head = '', rest = file] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(file) ?? []
  const field = (key: string) =>
    new RegExp(`^${key}: *(.*)$`, 'm')
      .exec(head)?.[1]
      ?.trim()
      .replace(/^(['"])(.*)\1$/, '$2')
  const heading = /^\s*# (.*)\n/.exec(rest)
  return {
    name,
    title: field('title') ?? heading?.[1] ?? name,
    description: field('description') ?? '',
    order: Number(field('order') ?? 1000),
    // A comment above a block names the test that runs it.
    text: rest
      .slice(heading?.[0].length ?? 0)
      .replaceAll(/^<!-- .* -->\n/gm, '')
      .trim(),
  }
}
