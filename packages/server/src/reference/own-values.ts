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
  return text.replace(CODE, (code) =>
    code
      .replaceAll(TEST_CONSOLE, own.console)
      .replaceAll(test.apiHash, own.apiHash)
      .replace(new RegExp(`\\b${test.apiId}\\b`, 'g'), String(own.apiId)),
  )
}

/** Blocks of code in a language of programs: in HTML their class says which, in Markdown the fence. */
const CODE =
  /<pre class="code (?:ts|js|mjs|lua|sh|py|python|json)"[\s\S]*?<\/pre>|^```(?:ts|js|mjs|lua|sh|py|python|json)\n[\s\S]*?^```$/gm
