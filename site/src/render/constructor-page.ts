import type { ConstructorEntry, Model } from '../model/model.ts'
import { fieldsTable } from './fields-table.ts'
import {
  aboutText,
  constructorLink,
  firstSentence,
  listed,
  methodLink,
  plain,
  typeNameLink,
} from './inline.ts'
import { constructorLayers, layersLine } from './layers-section.ts'
import { namespacePath, namespaceTitle } from './namespaces.ts'
import type { Page } from './page.ts'

/** The page of a constructor. */
export function constructorPage(entry: ConstructorEntry, model: Model): Page {
  const about = aboutText(entry.about)
  return {
    path: `/constructors/${entry.name}`,
    kind: 'constructor',
    title: entry.name,
    description: plain(firstSentence(about)) || `The constructor ${entry.name} of the type ${entry.type}.`,
    trail: [
      { title: 'Constructors', path: '/constructors' },
      { title: namespaceTitle(entry.namespace), path: namespacePath(entry.namespace) },
    ],
    blocks: [
      about || 'This constructor has no description yet.',
      `\`\`\`tl\n${entry.tl}\n\`\`\``,
      `A constructor of the type ${typeNameLink(entry.type)}${othersText(entry, model)}.`,
      `## Fields\n\n${entry.fields.length === 0 ? 'None.' : fieldsTable(entry.fields)}`,
      usesSection(entry, model),
      `## Layers\n\n${[`${layersLine(entry.history, model.layers)}.`, constructorLayers(entry)].filter((part) => part !== '').join('\n\n')}`,
    ].filter((block) => block !== ''),
  }
}

const MAX_NAMES = 20

function othersText({ name, type }: ConstructorEntry, model: Model): string {
  const others = (model.types.get(type)?.constructors ?? []).filter((other) => other !== name)
  if (others.length === 0) return ', its only one'
  if (others.length > MAX_NAMES) return `, which has ${others.length} others`
  return `; the others are ${listed(others.map(constructorLink))}`
}

function usesSection({ type }: ConstructorEntry, model: Model): string {
  const uses = model.types.get(type)
  if (uses === undefined) return ''
  const line = (label: string, names: readonly string[], link: (name: string) => string) => {
    if (names.length === 0) return []
    const shown = names.slice(0, MAX_NAMES).map(link)
    const rest = names.length - shown.length
    const more = rest > 0 ? ` and ${rest} more on the page of ${typeNameLink(type)}` : ''
    return [`- ${label}: ${rest > 0 ? shown.join(', ') : listed(shown)}${more}`]
  }
  const lines = [
    ...line('Answered by', uses.returnedBy, methodLink),
    ...line('Taken by', uses.takenBy, methodLink),
    ...line('In a field of', uses.fieldOf, constructorLink),
  ]
  return lines.length === 0 ? '' : `## Where it is used\n\n${lines.join('\n')}`
}
