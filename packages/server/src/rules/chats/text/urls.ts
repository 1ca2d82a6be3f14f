import { TOP_LEVEL_DOMAINS } from './top-level-domains.ts'

/** A part of a text. */
interface Span {
  readonly offset: number
  readonly length: number
}

/** Schemes of addresses on the Internet. Telegram's own ones have a word in place of the domain. */
const WEB =
  /(?<![\p{L}\p{N}_@/#.~-])(?:(https?|ftp|tonsite):\/\/(?:[\w.~!$&*+,;=:%-]{1,128}@)?)?((?:[\p{L}\p{M}\p{N}_~-]{1,63}\.){1,12}[\p{L}\p{M}\p{N}-]{1,63})(?![\p{L}\p{M}\p{N}_@-])(:\d{1,5}(?!\d))?/giu
const OWN = /(?<![\p{L}\p{N}_])(?:tg|ton):\/\/[\w-]{1,253}/giu
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)$/
/** The rest of an address: no blanks, no quotation marks, no invisible signs but joiners and dashes. */
const PATH = /[/?#][^\s<>"«»\p{Z}\u2000-\u200b\u200e\u200f\u2016-\u206f]*/uy
const ENDS_SENTENCE = /[.:;,('?!`]+$/
const MAX_PORT = 65_535

/** Addresses that are written out, with a scheme or without one. */
export function findUrls(text: string): readonly Span[] {
  const web = text.includes('.') ? [...text.matchAll(WEB)] : []
  const own = text.includes('://') ? [...text.matchAll(OWN)] : []
  let end = 0
  return [...web.filter(isAddress), ...own]
    .sort((one, other) => one.index - other.index)
    .flatMap(({ 0: head, index }) => {
      if (index < end) return []
      end = index + head.length
      end += pathAt(text, end).length
      return [{ offset: index, length: end - index }]
    })
}

function isAddress([, scheme, domain = '', port = '']: RegExpMatchArray): boolean {
  if (Number(port.slice(1)) > MAX_PORT) return false
  if (IPV4.test(domain)) return true
  const labels = domain.toLowerCase().split('.')
  const [last = '', owner = ''] = labels.toReversed()
  if (owner.includes('_') || labels.some((label) => label.endsWith('-'))) return false
  if (last.startsWith('xn--')) return last.length > 5
  return scheme === undefined ? TOP_LEVEL_DOMAINS.has(last) : /^\p{L}[\p{L}\p{M}]+$/u.test(last)
}

/** The path, query and fragment, without the signs of the sentence around them. */
function pathAt(text: string, at: number): string {
  PATH.lastIndex = at
  const path = PATH.exec(text)?.[0] ?? ''
  const cut = path.slice(0, balancedLength(path)).replace(ENDS_SENTENCE, '')
  return cut.length > 1 || cut === '/' ? cut : ''
}

const BRACKETS = ['()', '[]', '{}'] as const

/** The length of the part in which no bracket closes that was not opened. */
function balancedLength(path: string): number {
  const open = [0, 0, 0]
  for (let at = 0; at < path.length; at++) {
    const sign = path.charAt(at)
    const which = BRACKETS.findIndex((pair) => pair.includes(sign))
    if (which < 0) continue
    const depth = (open[which] ?? 0) + (BRACKETS[which]?.startsWith(sign) ? 1 : -1)
    if (depth < 0) return at
    open[which] = depth
  }
  return path.length
}
