/** Tells from which handler a call comes. */
export interface Origins {
  /** Runs `act`; everything that it calls has this origin. */
  run<Result>(origin: () => void, act: () => Result): Result
  /** The origin of this call. */
  current(): (() => void) | undefined
}

/** Origins where the runtime follows no calls through promises: they are known until a handler waits for the first time. */
export function plainOrigins(): Origins {
  let current: (() => void) | undefined
  return {
    run(origin, act) {
      const before = current
      current = origin
      try {
        return act()
      } finally {
        current = before
      }
    },
    current: () => current,
  }
}
