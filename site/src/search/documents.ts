import { errorSlug, groupBy } from '../model/errors.ts'
import type { Entry, Model } from '../model/model.ts'
import { BORROWED_MARK, firstSentence, plain } from '../render/inline.ts'
import { PRIMITIVES } from '../render/primitive-page.ts'
import type { SearchDocument } from './search.ts'

/** Longer descriptions add weight to the download and nothing to the search. */
const MAX_TEXT = 110

/** All pages for the search. */
export function searchDocuments(model: Model): SearchDocument[] {
  const { methods, constructors, types, errors, guides, calls, purposes } = model
  const purposesOf = groupBy(purposes, (purpose) => purpose.methods)
  return [
    ...[...methods.values()].map((method) => ({
      id: `methods/${method.name}`,
      name: method.name,
      text: described(method.about),
      errors: [...new Set(method.errors.map(({ name }) => name))].join(' '),
      purposes: (purposesOf.get(method.name) ?? []).map(({ title }) => title).join('; '),
      isSupported: method.isSupported,
    })),
    ...[...errors.byName].map(([name, rows]) => ({
      id: `errors/${errorSlug(name)}`,
      name,
      text: cut(plain(rows.find(({ cause }) => cause !== undefined)?.cause ?? '')),
      errors: '',
    })),
    ...[...constructors.values()].map((each) => ({
      id: `constructors/${each.name}`,
      name: each.name,
      text: described(each.about),
      errors: '',
    })),
    ...[...types.values()].map((type) => ({
      id: `types/${type.name}`,
      name: type.name,
      text: described(type.about),
      errors: '',
    })),
    ...PRIMITIVES.map(([name, text]) => ({
      id: `types/primitive#${name.toLowerCase()}`,
      name,
      text,
      errors: '',
    })),
    ...[...calls.values()].map(({ name, about }) => ({
      id: `calls/${name}`,
      name: `client.${name}`,
      text: cut(plain(firstSentence(about))),
      errors: '',
    })),
    ...guides.map(({ name, title, description }) => ({
      id: `guides/${name}`,
      name: title,
      text: description,
      errors: '',
    })),
  ]
}

function described(about: Entry['about']): string {
  if (about === undefined) return ''
  return `${cut(plain(firstSentence(about.text)))}${about.isBorrowed ? ` ${BORROWED_MARK}` : ''}`
}

function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, text.lastIndexOf(' ', MAX_TEXT))} …`
}
