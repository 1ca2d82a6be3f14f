/** The address of a namespace's page; names without a dot share one. */
export function namespacePath(namespace: string): string {
  return `/namespaces/${namespace === '' ? 'root' : namespace}`
}

/** The title of a namespace: `auth`. */
export function namespaceTitle(namespace: string): string {
  return namespace === '' ? 'without a namespace' : namespace
}
