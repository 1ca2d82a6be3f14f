import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { installBrowserBuild } from '../../../scripts/browser-libraries.ts'

const ENTRY = fileURLToPath(new URL('../try-it/index.ts', import.meta.url))

/** The script of "try it": the form and the whole client in one file, loaded when somebody presses the button. */
export async function tryItScript(): Promise<string> {
  installBrowserBuild()
  const { outputFiles } = await build({
    entryPoints: [ENTRY],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['browser'],
    legalComments: 'none',
    charset: 'utf8',
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}
