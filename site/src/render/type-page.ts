import type { Model, TypeEntry } from '../model/model.ts'
import { aboutText, constructorLink, firstSentence, methodLink, plain, table } from './inline.ts'
import { namespacePath, namespaceTitle } from './namespaces.ts'
import type { Page } from './page.ts'

/** The page of a boxed type. */
export function typePage(type: TypeEntry, model: Model): Page {
  const about = aboutText(type.about)
  return {
    path: `/types/${type.name}`,
    kind: 'type',
    title: type.name,
    description: plain(firstSentence(about)) || `The type ${type.name} and its constructors.`,
    trail: [
      { title: 'Types', path: '/types' },
      { title: namespaceTitle(type.namespace), path: namespacePath(type.namespace) },
    ],
    blocks: [
      about || 'This type has no description yet.',
      `## Constructors\n\n${constructorsTable(type, model)}`,
      listSection('Methods that answer it', type.returnedBy, methodLink),
      listSection('Methods that take it', type.takenBy, methodLink),
      listSection('Constructors that hold it', type.fieldOf, constructorLink),
    ].filter((block) => block !== ''),
  }
}

/** Descriptions of more constructors would make the page slow. */
const MAX_DESCRIBED = 60

function constructorsTable({ constructors }: TypeEntry, model: Model): string {
  if (constructors.length > MAX_DESCRIBED) {
    return constructors.map((name) => `- ${constructorLink(name)}`).join('\n')
  }
  return table(
    ['Constructor', 'Description'],
    constructors.map((name) => [constructorLink(name), aboutText(model.constructors.get(name)?.about, '–')]),
  )
}

function listSection(title: string, names: readonly string[], link: (name: string) => string): string {
  if (names.length === 0) return ''
  return `## ${title}\n\n${names.map((name) => `- ${link(name)}`).join('\n')}`
}
