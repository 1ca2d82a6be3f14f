import { RpcError } from '@cablegram/client'
import { element } from './element.ts'

/** An error, with the cause and the advice that the page has for it, and a link to its own page. */
export function errorNodes(error: unknown): HTMLElement[] {
  if (!(error instanceof RpcError)) {
    const message = error instanceof Error ? error.message : String(error)
    return [
      element('h3', { textContent: 'No answer' }),
      element('p', { className: 'wrong', textContent: message }),
    ]
  }
  const head = element('h3', { textContent: `Error ${error.code} ${error.message}` })
  const [cause = '', advice = ''] = wordsFor(error)
  const link = element('a', { href: errorAddress(error), textContent: 'All about this error' })
  const last = element('p', {})
  last.append(link)
  return [
    head,
    ...[cause, advice].filter((text) => text !== '').map((textContent) => element('p', { textContent })),
    last,
  ]
}

/** The number in an error's text is an X in its name. */
function nameOf({ message }: RpcError): string {
  return message.replace(/(?<![A-Z])\d+(?![A-Z])/, 'X').replaceAll(' ', '_')
}

function errorAddress(error: RpcError): string {
  return new URL(`${document.body.dataset['root'] ?? '../'}errors/${nameOf(error)}`, location.href).href
}

/** The columns "Why" and "What to do" of the row that the page's table of errors has. */
function wordsFor(error: RpcError): string[] {
  const links = [...document.querySelectorAll<HTMLAnchorElement>('main td a[href*="errors/"]')]
  const row = links.find(({ href }) => href.endsWith(`/errors/${nameOf(error)}`))?.closest('tr')
  return [...(row?.querySelectorAll('td') ?? [])]
    .slice(1, 3)
    .map(({ textContent }) => textContent?.trim() ?? '')
}
