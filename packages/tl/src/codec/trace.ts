/**
 * Finds the part of a value that a writer refused. Writers keep no paths, because every call would pay for them.
 * Instead the failed write is repeated on a proxy that records property reads: the last property read before the
 * error is the wrong one.
 *
 * @returns the path from the root, such as `auth.sendCode.settings.logoutTokens.0`, and whether no value is there
 */
export function traceFailure(
  write: (value: unknown) => void,
  value: unknown,
  top: string,
): { readonly path: string; readonly isMissing: boolean } {
  let last = { path: top, isMissing: value === undefined }
  const follow = (part: unknown, path: string): unknown => {
    if (typeof part !== 'object' || part === null || ArrayBuffer.isView(part)) return part
    const name = (part as { _?: unknown })._
    const base = typeof name === 'string' && path === top ? name : path
    return new Proxy(part, {
      get(target, key) {
        const child: unknown = Reflect.get(target, key)
        if (typeof key === 'symbol' || key === 'length') return child
        last =
          key === '_'
            ? { path: base, isMissing: false }
            : { path: `${base}.${key}`, isMissing: child === undefined }
        return follow(child, last.path)
      },
    })
  }
  try {
    write(follow(value, top))
  } catch {
    return last
  }
  return { path: top, isMissing: false }
}
