import { buildModel } from '../src/model/build-model.ts'
import { createRenderer, pagePaths, type RenderedPage } from '../src/render/index.ts'

/** The model with only our own words, which is what the product carries. */
export const model = await buildModel({ borrow: false })
const renderer = await createRenderer()

/** One page, in both forms. */
export function rendered(path: string): RenderedPage {
  const page = renderer.renderPage(model, path)
  if (page === undefined) throw new Error(`no page for ${path}`)
  return page
}

/** Renders every page of the site. */
export function* allPages(): Generator<[string, RenderedPage]> {
  for (const path of pagePaths(model)) yield [path, rendered(path)]
}

/** The rows of the table below a heading of a Markdown page, as cells. */
export function tableBelow(markdown: string, heading: string): string[][] {
  const section = markdown.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? ''
  return section
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1)
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
}
