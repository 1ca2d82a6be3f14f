import type { Guide } from '../model/guides.ts'
import type { Model } from '../model/model.ts'
import { namespacesOf } from './index-pages.ts'
import { methodLink, table } from './inline.ts'
import { namespacePath, namespaceTitle } from './namespaces.ts'
import type { Page } from './page.ts'

/** The first page. */
export function homePage(model: Model): Page {
  const { methods, constructors, types, errors, guides, layers } = model
  const executed = [...methods.values()].filter(({ example }) => example?.executed).length
  return {
    path: '/',
    kind: 'home',
    title: 'Cablegram reference',
    description: `Telegram's API, layer ${layers.newest}: every method, constructor, type and error, with examples that run.`,
    trail: [],
    blocks: [
      `Telegram's API in layer ${layers.newest}: [${methods.size} methods](/methods), [${constructors.size} constructors](/constructors), [${types.size} types](/types) and [${errors.byName.size} errors](/errors). Every method has an example in TypeScript and on the command line, and nearly every one in Lua; the tests run ${executed} of them against a real server.`,
      `The client has [${model.calls.size} daily calls](/calls) besides.`,
      purposesSection(model),
      guides.length === 0
        ? ''
        : `## Guides\n\n${table(
            ['Guide', 'Subject'],
            guides.map(({ name, title, description }) => [`[${title}](/guides/${name})`, description]),
          )}`,
      `## Namespaces\n\n${namespacesOf(model)
        .map((namespace) => `[${namespaceTitle(namespace)}](${namespacePath(namespace)})`)
        .join(' · ')}`,
    ].filter((block) => block !== ''),
  }
}

/** Purposes on the first page; the index has all. */
const MAX_PURPOSES = 8

function purposesSection({ purposes, methods }: Model): string {
  if (purposes.length === 0) return ''
  const rows = purposes.slice(0, MAX_PURPOSES).map(({ title, methods: names }) => [
    title,
    names
      .filter((name) => methods.has(name))
      .slice(0, 3)
      .map(methodLink)
      .join(', '),
  ])
  return `## What do you want to do?\n\n${table(['To …', 'Begin with'], rows)}\n\n[All purposes](/purposes)`
}

/** The page of a guide. */
export function guidePage({ name, title, description, text }: Guide): Page {
  return {
    path: `/guides/${name}`,
    kind: 'guide',
    title,
    description,
    trail: [{ title: 'Guides', path: '/guides' }],
    blocks: [text],
  }
}

/** The page that lists what a search finds; without scripts it leads to the indexes. */
export function searchPage(): Page {
  return {
    path: '/search',
    kind: 'search',
    title: 'Search',
    description: 'Search the reference by names, words and errors.',
    trail: [],
    blocks: [
      'Type a name, a word or an error into the field above. The search needs scripts; without them the indexes of [methods](/methods), [constructors](/constructors), [types](/types), [errors](/errors) and [purposes](/purposes) list everything.',
    ],
  }
}

/** The page for an address that leads nowhere. The reader puts its suggestions in place of the mark. */
export function notFoundPage(): Page {
  return {
    path: '/404',
    kind: 'search',
    title: 'No such page',
    description: 'No page has this address.',
    trail: [],
    blocks: [
      'No page has this address.',
      SUGGESTIONS_MARK,
      'The indexes of [methods](/methods), [constructors](/constructors), [types](/types), [errors](/errors) and [purposes](/purposes) list everything.',
    ],
  }
}

/** Stands on the page of unknown addresses until the names that are close to the address are known. */
export const SUGGESTIONS_MARK = '%SUGGESTIONS%'
