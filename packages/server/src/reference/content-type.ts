const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  md: 'text/markdown; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
}

/** The type of what an address answers; the names of pages have dots, too: `/methods/auth.sendCode` is HTML. */
export function contentType(path: string): string {
  return TYPES[/\.(css|js|json|md|txt)$/.exec(path)?.[1] ?? ''] ?? 'text/html; charset=utf-8'
}
