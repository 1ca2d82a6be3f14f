/** The way from a page to the root of the site: `../` for pages in a folder. */
export function prefixOf(path: string): string {
  const depth = path.split('/').length - 2
  return depth <= 0 ? './' : '../'.repeat(depth)
}

/** A link of a page: absolute addresses become relative, so that the site can live under any path. */
export function relativeLink(href: string, prefix: string): string {
  return href.startsWith('/') ? `${prefix}${href.slice(1)}` : href
}

/** Links to files of the repository lead nowhere from the site. */
export function isRepositoryFile(href: string): boolean {
  return !/^(?:[/#]|[a-z]+:)/i.test(href)
}
