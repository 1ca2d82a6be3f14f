/**
 * Finds which part of a value a writer stumbles over. Writers carry no paths, as that would cost every
 * call; instead the failed write is done once more on a value that notes what is looked at: the last
 * property read before the error is the culprit.
 *
 * @returns its path from the top, such as `auth.sendCode.settings.logoutTokens.0`.
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
