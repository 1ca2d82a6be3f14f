/** The code blocks of the guides and of the README, for the tests that run or check them. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the repository. */
export const ROOT: string = join(dirname(fileURLToPath(import.meta.url)), '..')

/** A fenced block of a page. */
export interface Block {
  /** The page, and the line of the fence: `site/guides/login.md:12`. */
  readonly place: string
  readonly page: string
  readonly language: string
  /** What the comment above the fence says, such as `examples/login-steps.ts`. */
  readonly mark: string
  readonly code: string
  /** The text block right below, which shows the output. */
  readonly shows: string | undefined
}

/** The guides, the README of the repository and those of the packages. */
export const PAGES: readonly string[] = ['site/guides/*.md', 'README.md', 'packages/*/README.md']
  .flatMap((pattern) => globSync(pattern, { cwd: ROOT }))
  .toSorted()

/** All blocks of the pages, in their order. */
export function blocks(): Block[] {
  return PAGES.flatMap((page) => {
    const text = readFileSync(join(ROOT, page), 'utf8')
    const fences = [...text.matchAll(/(?:<!-- (.+?) -->\n)?^( *)```(\w*)\n([\s\S]*?)^ *```$/gm)]
    return fences.map((fence, index) => {
      const [, mark = '', indent = '', language = '', code = ''] = fence
      const next = fences[index + 1]
      const between = next && text.slice(fence.index + fence[0].length, next.index)
      const isOutput =
        next?.[3] === 'text' && /^\s*(?:It prints:|The program prints:)?\s*$/.test(between ?? '')
      const line = text.slice(0, fence.index).split('\n').length
      const plain = indent === '' ? code : code.replaceAll(new RegExp(`^${indent}`, 'gm'), '')
      return {
        place: `${page}:${line}`,
        page,
        language,
        mark,
        code: plain,
        shows: isOutput ? next?.[4] : undefined,
      }
    })
  })
}

/** Whether a block is a whole program: one that starts its own server, or one whose output is below it. */
export function isProgram({ language, code, mark, shows }: Block): boolean {
  return (
    (language === 'ts' || language === 'js') &&
    mark === '' &&
    /^import /m.test(code) &&
    (shows !== undefined || /\b(?:startServer|cablegram|startCablegram)\(/.test(code))
  )
}

/** Whether a block in JavaScript uses Cablegram and Node alone, so that the types of Cablegram say whether it is right. */
export function isOwn({ language, code, mark }: Block): boolean {
  const imported = [...code.matchAll(/ from '([^']+)'/g)].map(([, name = '']) => name)
  const isCablegram = (name: string) => name.startsWith('@cablegram/')
  return (
    language === 'js' &&
    mark === '' &&
    imported.some(isCablegram) &&
    imported.every((name) => isCablegram(name) || name.startsWith('node:'))
  )
}
