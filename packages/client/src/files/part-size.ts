import { UsageError } from '@cablegram/tl'

const KIB = 1024

/** Telegram takes parts up to this length. */
export const MAX_PART_BYTES: number = 512 * KIB
/** A larger file goes by upload.saveBigFilePart. */
export const MAX_SMALL_BYTES: number = 10 * KIB * KIB
/** Files up to this size go in smaller parts, so that their progress shows. */
const FINE_BYTES = KIB * KIB
const FINE_PART_BYTES = 128 * KIB
/** The number of parts that Telegram Premium has; other accounts have half of it, and the server tells them. */
export const MAX_PARTS = 8_000

/**
 * The length of the parts of an upload.
 *
 * @param sizeBytes undefined: a stream whose length nobody knows
 * @throws UsageError FILE_TOO_BIG
 */
export function uploadPartBytes(sizeBytes: number | undefined, wished: number | undefined): number {
  const fitting = sizeBytes !== undefined && sizeBytes <= FINE_BYTES ? FINE_PART_BYTES : MAX_PART_BYTES
  const partBytes = wished ?? fitting
  if (sizeBytes !== undefined) checkParts(sizeBytes, partBytes)
  return partBytes
}

/** @throws UsageError FILE_TOO_BIG */
export function checkParts(sizeBytes: number, partBytes: number): void {
  if (sizeBytes <= MAX_PARTS * partBytes) return
  const mib = Math.floor((MAX_PARTS * partBytes) / (KIB * KIB))
  throw new UsageError(
    'FILE_TOO_BIG',
    `A file in parts of ${partBytes / KIB} KiB may have ${mib} MiB at most; this one has ${Math.ceil(sizeBytes / (KIB * KIB))} MiB.`,
  )
}

/** Says what a part size may be. */
export function isPartSize(value: unknown): string | undefined {
  const isOne = Number.isInteger(value) && Number(value) % KIB === 0 && MAX_PART_BYTES % Number(value) === 0
  return isOne ? undefined : 'a power of two from 1024 to 524288 (bytes)'
}
