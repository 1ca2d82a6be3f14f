/**
 * Preloaded into every process of a suite: its servers log everything into one file, and every secret is
 * recorded in another as soon as it exists. The product has no hook for this: the sources are changed as
 * they are read.
 */
import { appendFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { threadId } from 'node:worker_threads'
import { changesFor } from './changes.ts'

const folder = process.env['SECRETS_FOLDER'] ?? ''
const files = `${folder}/${process.pid}-${threadId}`
const changes = changesFor(`${files}.log`)
const noted = new Set<string>()

/** Records bytes and texts that no log may contain. */
function note<T extends Uint8Array | string>(secret: T): T {
  const hex = Buffer.from(secret as string).toString('hex')
  if (!noted.has(hex)) appendFileSync(`${files}.secrets`, `${hex}\n`)
  noted.add(hex)
  return secret
}

Object.assign(globalThis, { noteSecret: note })

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    const here = changes.filter(({ file }) => url.endsWith(`/packages${file}`))
    if (here.length === 0) return loaded
    let source = String(Buffer.from(loaded.source as Uint8Array))
    for (const { from, to } of here) {
      if (!source.includes(from)) throw new Error(`${url} has no ${from} any more: change this test with it`)
      source = source.replace(from, to)
    }
    return { ...loaded, source }
  },
})
