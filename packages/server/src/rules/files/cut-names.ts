/** Bounds of the names of files: each message with the file repeats them. */

const MAX_NAME = 255
const MAX_EXTENSION = 16
const MAX_TITLE = 128

/** The name of a file, cut before its extension if the name is too long. */
export function cutFileName(name: string): string {
  if (name.length <= MAX_NAME) return name
  const dotAt = name.lastIndexOf('.')
  const extension = dotAt > 0 && name.length - dotAt <= MAX_EXTENSION ? name.slice(dotAt) : ''
  return cut(name, MAX_NAME - extension.length) + extension
}

/** The title or the performer of a piece of music. */
export function cutTitle(title: string): string {
  return cut(title, MAX_TITLE)
}

/** Cuts a text, never through the middle of a character. */
function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  const isHalf = /[\uD800-\uDBFF]/.test(text.charAt(maxLength - 1))
  return text.slice(0, isHalf ? maxLength - 1 : maxLength)
}
