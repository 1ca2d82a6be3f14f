import { build } from 'esbuild'
import { paths } from '../paths.ts'

/** The script of every page: small, and run before the page is shown, so that its colours never change. */
export function siteScript(): Promise<string> {
  return bundle('site.ts', 'iife')
}

/** The script of the search, with the library that it uses. */
export function searchScript(): Promise<string> {
  return bundle('search.ts', 'esm')
}

/** The style of every page. */
export function styleSheet(): Promise<string> {
  return bundle('style.css', 'esm')
}

async function bundle(file: string, format: 'iife' | 'esm'): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${paths.browser}${file}`],
    bundle: true,
    minify: true,
    format,
    target: 'es2022',
    legalComments: 'none',
    charset: 'utf8',
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}
