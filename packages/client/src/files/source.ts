import { UsageError } from '@cablegram/tl'
import { openPath } from '#open-path'
import { kindOf } from '../kind-of.ts'
import type { OpenedSource } from './opened-source.ts'
import { StreamSource } from './stream-source.ts'

/**
 * Bytes to send: the path of a file (or its `file:` URL), the bytes themselves, a Blob or File, or a stream of Node or of
 * the web.
 */
export type FileSource =
  | string
  | URL
  | Uint8Array
  | ArrayBuffer
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>

/**
 * Opens a source.
 *
 * @param sizeBytes the size of a stream, if the program knows it
 * @throws UsageError FILE_SOURCE_INVALID, FILE_UNREADABLE
 */
export async function openSource(source: FileSource, sizeBytes?: number): Promise<OpenedSource> {
  if (typeof source === 'string' || source instanceof URL) {
    checkLocal(source)
    return openPath(source)
  }
  if (source instanceof Uint8Array) return bytesSource(source)
  if (source instanceof ArrayBuffer) return bytesSource(new Uint8Array(source))
  if (source instanceof Blob) return blobSource(source)
  if (isIterable(source)) return new StreamSource(source[Symbol.asyncIterator](), sizeBytes, endOf(source))
  if (isWebStream(source)) return webSource(source, sizeBytes)
  const message = `A file to send is a path, a Uint8Array, a Blob or a stream of bytes, not ${kindOf(source)}.`
  throw new UsageError('FILE_SOURCE_INVALID', message)
}

function bytesSource(bytes: Uint8Array): OpenedSource {
  return {
    ...AT_HAND,
    sizeBytes: bytes.length,
    read: async (atByte, length) => bytes.subarray(atByte, atByte + length),
  }
}

function blobSource(blob: Blob): OpenedSource {
  const isFile = typeof File !== 'undefined' && blob instanceof File
  return {
    ...AT_HAND,
    ...(isFile && { name: blob.name, modifiedMs: blob.lastModified }),
    mime: blob.type === '' ? undefined : blob.type,
    sizeBytes: blob.size,
    givesCopies: true,
    read: async (atByte, length) => new Uint8Array(await blob.slice(atByte, atByte + length).arrayBuffer()),
  }
}

function webSource(stream: ReadableStream<Uint8Array>, sizeBytes: number | undefined): OpenedSource {
  const reader = stream.getReader()
  const chunks = {
    async next(): Promise<IteratorResult<Uint8Array>> {
      const { done, value } = await reader.read()
      return done || value === undefined ? { done: true, value: undefined } : { done: false, value }
    },
  }
  return new StreamSource(chunks, sizeBytes, (reason) => {
    // The stream may have failed: then there is nothing to cancel.
    reader.cancel(reason).catch(() => undefined)
  })
}

const AT_HAND = {
  name: undefined,
  mime: undefined,
  modifiedMs: undefined,
  isSized: true,
  isRepeatable: true,
  givesCopies: false,
  forget: () => {},
  close: async () => {},
}

function checkLocal(source: string | URL): void {
  if (!/^https?:\/\//i.test(String(source))) return
  const message = `${source} is on another machine. Download it first, or let the server load it: client.sendFile(peer, { _: 'inputMediaDocumentExternal', url }).`
  throw new UsageError('FILE_SOURCE_INVALID', message)
}

function isIterable(source: unknown): source is AsyncIterable<Uint8Array> {
  return typeof source === 'object' && source !== null && Symbol.asyncIterator in source
}

/** Not every browser iterates over streams. */
function isWebStream(source: unknown): source is ReadableStream<Uint8Array> {
  return typeof source === 'object' && source !== null && 'getReader' in source
}

/** Ends a stream that nobody reads to its end. */
function endOf(source: AsyncIterable<Uint8Array>): (reason: unknown) => void {
  return (reason) => {
    if ('destroy' in source && typeof source.destroy === 'function') source.destroy()
    else if (isWebStream(source) && !source.locked) source.cancel(reason).catch(() => undefined)
  }
}
