import { errorSlug } from '../model/errors.ts'
import type { Model } from '../model/model.ts'
import { callPage, callsIndex } from './call-page.ts'
import { constructorPage } from './constructor-page.ts'
import { anyErrorsPage, errorPage } from './error-page.ts'
import {
  constructorsIndex,
  errorsIndex,
  guidesIndex,
  methodsIndex,
  namespacePage,
  namespacesOf,
  purposesPage,
  typesIndex,
} from './index-pages.ts'
import { methodPage } from './method-page.ts'
import { namespacePath } from './namespaces.ts'
import type { Page } from './page.ts'
import { guidePage, homePage, searchPage } from './plain-pages.ts'
import { primitivePage } from './primitive-page.ts'
import { typePage } from './type-page.ts'

/** The addresses of all pages, in the order of the site. */
export function pagePaths(model: Model): string[] {
  return [
    ...FIXED.keys(),
    ...namespacesOf(model).map(namespacePath),
    ...[...model.methods.keys()].map((name) => `/methods/${name}`),
    ...[...model.constructors.keys()].map((name) => `/constructors/${name}`),
    ...[...model.types.keys()].map((name) => `/types/${name}`),
    ...[...model.errors.byName.keys()].map((name) => `/errors/${errorSlug(name)}`),
    ...model.guides.map(({ name }) => `/guides/${name}`),
    ...[...model.calls.keys()].map((name) => `/calls/${name}`),
  ]
}

/** Makes the page of an address; undefined if there is none. */
export function findPage(model: Model, path: string): Page | undefined {
  const fixed = FIXED.get(path)
  if (fixed !== undefined) return fixed(model)
  const [, folder = '', name = ''] = /^\/([a-z]+)\/([^/]+)$/.exec(path) ?? []
  return FOLDERS.get(folder)?.(name, model)
}

const FIXED: ReadonlyMap<string, (model: Model) => Page> = new Map([
  ['/', homePage],
  ['/methods', methodsIndex],
  ['/constructors', constructorsIndex],
  ['/types', typesIndex],
  ['/types/primitive', primitivePage],
  ['/errors', errorsIndex],
  ['/errors/any', anyErrorsPage],
  ['/purposes', purposesPage],
  ['/guides', guidesIndex],
  ['/calls', callsIndex],
  ['/search', searchPage],
])

const FOLDERS: ReadonlyMap<string, (name: string, model: Model) => Page | undefined> = new Map(
  Object.entries<(name: string, model: Model) => Page | undefined>({
    methods: (name, model) => {
      const found = model.methods.get(name)
      return found && methodPage(found, model)
    },
    constructors: (name, model) => {
      const found = model.constructors.get(name)
      return found && constructorPage(found, model)
    },
    types: (name, model) => {
      const found = model.types.get(name)
      return found && typePage(found, model)
    },
    errors: (slug, model) => {
      const name = model.errors.byName.has(slug) ? slug : slug.replaceAll('_', ' ')
      const rows = model.errors.byName.get(name)
      return rows && errorPage(name, rows, model)
    },
    guides: (name, model) => {
      const guide = model.guides.find((each) => each.name === name)
      return guide && guidePage(guide)
    },
    calls: (name, model) => {
      const call = model.calls.get(name)
      return call && callPage(call)
    },
    namespaces: (name, model) => {
      const namespace = namespacesOf(model).find((each) => namespacePath(each).endsWith(`/${name}`))
      return namespace === undefined ? undefined : namespacePage(namespace, model)
    },
  }),
)
