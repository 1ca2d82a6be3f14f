import type { Model } from '../model/model.ts'
import { namespacesOf } from '../render/index-pages.ts'
import { namespacePath, namespaceTitle } from '../render/namespaces.ts'

/** The list of the pages in Markdown for programs that read. */
export function llmsTxt(model: Model): string {
  const { methods, constructors, types, errors, guides, layers } = model
  const line = (path: string, title: string, about: string) => `- [${title}](${path}.md): ${about}`
  return `# Cablegram reference

> Telegram's API in layer ${layers.newest}: ${methods.size} methods, ${constructors.size} constructors, ${types.size} types and ${errors.byName.size} errors, with examples in TypeScript, Lua and for the command line. Each page has a twin in Markdown: add .md to its address.

## Guides

${guides.map(({ name, title, description }) => line(`guides/${name}`, title, description)).join('\n')}

## Indexes

${line('purposes', 'What do you want to do?', 'methods by their purpose')}
${line('methods', 'Methods', 'all of them by namespace; a page is methods/NAME.md, such as methods/auth.sendCode.md')}
${line('constructors', 'Constructors', 'a page is constructors/NAME.md')}
${line('types', 'Types', 'a page is types/NAME.md; types/primitive.md has int, string and the others of TL')}
${line('errors', 'Errors', 'a page is errors/NAME.md, such as errors/FLOOD_WAIT_X.md')}
${line('errors/any', 'Errors of any method', 'with cause and advice')}

## Namespaces

${namespacesOf(model)
  .map((namespace) =>
    line(namespacePath(namespace).slice(1), namespaceTitle(namespace), 'its methods, constructors and types'),
  )
  .join('\n')}
`
}
