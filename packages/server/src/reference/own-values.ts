/** The values of a server that its pages show in place of those of the test server. */
export interface OwnValues {
  /** The URL of the console. */
  readonly console: string
  readonly apiId: number
  readonly apiHash: string
}

const TEST_CONSOLE = 'http://127.0.0.1:10081'

/** Puts a server's own values into the code of a page, in HTML or Markdown; the bytes of messages stay as they are. */
export function withOwnValues(text: string, own: OwnValues, test: Omit<OwnValues, 'console'>): string {
  const isOwn = own.apiId === test.apiId && own.apiHash === test.apiHash && own.console === TEST_CONSOLE
  if (isOwn) return text
  const replaced = (code: string) =>
    withServer(code, own.console)
      .replaceAll(TEST_CONSOLE, own.console)
      .replaceAll(test.apiHash, own.apiHash)
      .replace(new RegExp(`\\b${test.apiId}\\b`, 'g'), String(own.apiId))
  return text.replace(CODE, replaced).replace(COMMAND, replaced)
}

/** Blocks of code in a language of programs: in HTML their class says which, in Markdown the fence. */
const CODE =
  /<pre class="code (?:ts|js|mjs|lua|sh|py|python|json)"[\s\S]*?<\/pre>|^```(?:ts|js|mjs|lua|sh|py|python|json)\n[\s\S]*?^```$/gm

/** Commands inside of a sentence. */
const COMMAND = /(?<!<pre [^>]*>)<code>npx cablegram [^<]*<\/code>|(?<!`)`npx cablegram [^`\n]*`(?!`)/g

/** Commands that ask a running server, with their second words; a block in colours has elements before the name. */
const ASKING =
  /npx (?:<\/i>)?(?:<i class=\w>)?cablegram (?:(?:app|bot|clock|user)(?: (?:add|advance|allow|delete|set|sign-out|token|web-token))?|accept|call|codes|connect|fault|login|logout|lua|pay|reset|rule)(?![\w-])(?!(?:(?!<\/code>)[^\n`])*--server)/g

/** Commands find the server at its default address; any other address has to be given. */
function withServer(code: string, console: string): string {
  return console === TEST_CONSOLE ? code : code.replace(ASKING, `$& --server ${console}`)
}
