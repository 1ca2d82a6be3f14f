/** The command lines that install the packed packages in a project. */

/** A package as `npm pack` made it. */
export interface Tarball {
  readonly name: string
  readonly file: string
}

/**
 * A line for each package manager. Our packages name each other by version and are in no registry. npm
 * finds them among the packages of the same line; pnpm and Yarn look in the registry, so the line first
 * tells them where each package is.
 *
 * @param folder the folder of the tarballs, as seen from the project
 */
export function installLines(
  folder: string,
  tarballs: readonly Tarball[],
  wheel: string,
): Readonly<Record<string, string>> {
  const paths = tarballs.map(({ file }) => `${folder}/${file}`).join(' ')
  const named = tarballs.map(({ name, file }) => `${name}@file:${folder}/${file}`).join(' ')
  const places = Object.fromEntries(tarballs.map(({ name, file }) => [name, `file:${folder}/${file}`]))
  const resolutions = Object.entries(places).map(([name, place]) => `'resolutions[${name}]=${place}'`)
  return {
    npm: `npm install --save-dev ${paths}`,
    pnpm: `pnpm config set --location=project --json overrides '${JSON.stringify(places)}' && pnpm add --save-dev ${paths}`,
    yarn: `npm pkg set ${resolutions.join(' ')} && yarn add --dev ${named}`,
    pip: `pip install ${folder}/${wheel}`,
  }
}
