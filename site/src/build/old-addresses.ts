import type { Model } from '../model/model.ts'

/** Addresses that this reference's pages had before, and the address of the page now. */
export function oldAddresses(model: Model): [string, string][] {
  const folders = [
    ['methods', model.methods],
    ['constructors', model.constructors],
    ['types', model.types],
  ] as const
  return folders.flatMap(([folder, entries]) => [
    [`/API_docs/${folder}/index.html`, `/${folder}`] as [string, string],
    ...[...entries.keys()].map((name): [string, string] => [
      `/API_docs/${folder}/${name.replace('.', '_')}.html`,
      `/${folder}/${name}`,
    ]),
  ])
}

/** A page of a static host that leads to another one. */
export function stub(to: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Moved</title><link rel="canonical" href="${to}"><meta http-equiv="refresh" content="0; url=${to}"><a href="${to}">This page has moved.</a></html>\n`
}
