/**
 * The words of a text for the search, also of names: `auth.sendCode` gives auth, sendcode, send, code and authsendcode;
 * `FLOOD_WAIT_X` gives flood, wait, x and floodwaitx. A page's script is made of this file, too.
 */
export function termsOf(text: string): string[] {
  const terms = new Set<string>()
  for (const [word] of text.matchAll(/[\p{L}\p{N}][\p{L}\p{N}._]*/gu)) {
    for (const part of word.split('.')) {
      add(terms, part.replace(/_/g, ''))
      for (const piece of part.split(/_|(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u))
        add(terms, piece)
    }
    add(terms, word.replace(/[._]/g, ''))
  }
  return [...terms]
}

function add(terms: Set<string>, term: string): void {
  if (term !== '') terms.add(term.toLowerCase())
}
