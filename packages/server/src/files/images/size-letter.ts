import type { Dimensions } from './dimensions.ts'

/** The letters of sizes that keep the picture whole, and the longest side of each in pixels. */
const BOXES = [
  ['s', 100],
  ['m', 320],
  ['x', 800],
  ['y', 1280],
] as const

/** Names a size of a photo by its longer side. */
export type SizeLetter = 's' | 'm' | 'x' | 'y' | 'w'

/** The letter of a photo that is kept as it came. @see files.md section 3 */
export function sizeLetter({ width, height }: Dimensions): SizeLetter {
  const longer = Math.max(width, height)
  return BOXES.find(([, pixels]) => longer <= pixels)?.[0] ?? 'w'
}
