/** Words of people for words of the API. The longer ones come first; a page's script is made of this file, too. */
const SYNONYMS: readonly (readonly [RegExp, string])[] = [
  [
    /\b(?:log|sign) ?out (?:of )?(?:all |my )*(?:other )?(?:devices|sessions|everywhere)\b/g,
    'reset authorizations',
  ],
  [/\b(?:terminate|kill|end|revoke) (?:all |my |other )*(?:devices|sessions)\b/g, 'reset authorizations'],
  [/\b(?:list |get |show )?(?:all |my |active )*(?:sessions|devices)\b/g, 'get authorizations'],
  [/\b(?:get|receive|ask for|request) (?:the |a |an |my )?(?:sms |login )?code\b/g, 'send code'],
  [/\b(?:sms|login|verification) codes?\b/g, 'send code'],
  [/\b(?:forgot|forgotten|lost|forget) (?:the |my )?(?:2fa )?password\b/g, 'recover password'],
  [/\b(?:2fa|two.factor|two.step|cloud) password\b/g, 'check password'],
  [/\b(?:2fa|two.factor|2.step)\b/g, 'two step'],
  [/\b(?:too many requests|rate limit(?:s|ed|ing)?|429)\b/g, 'flood wait'],
  [/\b(?:bot token|bot log ?in|log ?in (?:as )?(?:a )?bot)\b/g, 'import bot authorization'],
  [/\b(?:get me|get myself|get self|who am i|whoami|myself)\b/g, 'get users'],
  [/\b(?:qr code|qr log ?in|qr)\b/g, 'export login token'],
  [/\bcreate (?:an )?account\b|\bregister\b(?! \w)/g, 'sign up'],
  [/\b(?:change|set|create) (?:the |my |a )?password\b/g, 'update password settings'],
  [/\b(?:log in|logging in|signing in)\b/g, 'sign in'],
  [/\b(?:sign out|logging out)\b/g, 'log out'],
]

/** A query in words of the API, in small letters. */
export function inApiWords(query: string): string {
  return SYNONYMS.reduce((text, [words, meaning]) => text.replace(words, meaning), query.toLowerCase())
}

/** Words for the last attempt, when not every word of a query is on a page. */
const SINGLE: Readonly<Record<string, string>> = {
  forgot: 'recover',
  session: 'authorization',
  device: 'authorization',
  phone: 'number',
  error: 'invalid',
  limit: 'flood',
  profile: 'user',
  verify: 'confirm',
}

/** The word and one that means the same. */
export function sameMeaning(term: string): string[] {
  const other = SINGLE[term] ?? SINGLE[term.replace(/s$/, '')]
  return other === undefined ? [term] : [term, other]
}

const STOP_WORDS: ReadonlySet<string> = new Set(
  'a all an and another are by can do does for from get give have how i is it list make me my of on or our show the there this to what when where which why with you your'.split(
    ' ',
  ),
)

/** A query without the words that every sentence has. */
export function withoutStopWords(query: string): string {
  return query
    .split(/\s+/)
    .filter((word) => !STOP_WORDS.has(word.replace(/[^\p{L}\p{N}]/gu, '')))
    .join(' ')
    .trim()
}
