/**
 * Node's test runner follows every promise to find the test that an uncaught error belongs to: a hook runs when a promise is made
 * and when it is collected, which takes a good part of the processor time of the suite. It needs that while it loads
 * files, whose tests it puts into the suite that awaits them. From then on, tests know their parents. An uncaught error still fails
 * its process; `npm test -- FILE` names the test, too.
 */
import { type AsyncHook, createHook } from 'node:async_hooks'

/** Node's own mark of a hook that is not told of promises: `createHook({ trackPromises: false })` sets it. */
const FOLLOWS_NONE = 'kNoPromiseHook'

/**
 * Catches the hook that the test runner enables during this call.
 *
 * @param begin uses the test runner for the first time in this process
 * @returns a function that ends the following of promises; it does nothing where Node has no such mark
 */
export function catchHook(begin: () => void): () => void {
  const hooks: AsyncHook = Object.getPrototypeOf(createHook({}))
  const { enable } = hooks
  let caught: AsyncHook | undefined
  hooks.enable = function (this: AsyncHook) {
    caught = this
    return enable.call(this)
  }
  try {
    begin()
  } finally {
    hooks.enable = enable
  }
  return () => {
    if (caught) followNoPromises(caught)
  }
}

function followNoPromises(hook: AsyncHook): void {
  const mark = Object.getOwnPropertySymbols(hook).find(({ description }) => description === FOLLOWS_NONE)
  if (mark === undefined) return
  hook.disable()
  Object.assign(hook, { [mark]: true })
  hook.enable()
}
