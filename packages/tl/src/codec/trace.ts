/**
 * Finds the part of a value that a writer refused. Writers keep no paths, because every call would pay for them.
 * Instead the failed write is repeated on a proxy that records property reads: the last property read before the
 * error is the wrong one.
 *
 * @returns the path from the root, such as `auth.sendCode.settings.logoutTokens.0`.
 */
export function traceFailure(write: (value: unknown) => void, value: unknown, top: string): string {
  let last = top
  const follow = (part: unknown, path: string): unknown => {
    if (typeof part !== 'object' || part === null || ArrayBuffer.isView(part)) return part
    const name = (part as { _?: unknown })._
    const base = typeof name === 'string' && path === top ? name : path
    return new Proxy(part, {
      get(target, key) {
        const child: unknown = Reflect.get(target, key)
        if (typeof key === 'symbol' || key === 'length') return child
        last = key === '_' ? base : `${base}.${key}`
        return follow(child, last)
      },
    })
  }
  try {
    write(follow(value, top))
  } catch {
    return last
  }
  return top
}
