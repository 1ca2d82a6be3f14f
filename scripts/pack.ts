/**
 * `npm run pack -- [FOLDER]`: makes a folder (by default `packed`) with everything of ours that a project
 * installs, and says how to install it. Copy the folder into your project; the packages of others come from
 * the registry.
 */
import { execFileSync } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildCodemod } from './build-codemod.ts'
import { buildOnce } from './build-once.ts'
import { installLines, type Tarball } from './install-lines.ts'
import { writeWheel } from './wheel.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const folder = resolve(process.argv[2] ?? join(root, 'packed'))

buildOnce()
mkdirSync(folder, { recursive: true })
for (const old of globSync('{cablegram,pytest_cablegram}-*.{tgz,whl}', { cwd: folder }))
  rmSync(join(folder, old))
const manifest: { version: string; workspaces: string[] } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
)
const { version, workspaces } = manifest
const built = workspaces.map((workspace) => join(root, workspace, 'dist'))
const tarballs = pack(built, folder)
// Beside the others: it is run, and not installed.
const codemodFolder = join(folder, 'codemod')
rmSync(codemodFolder, { recursive: true, force: true })
mkdirSync(codemodFolder)
const codemod = codemodLine(pack([buildCodemod()], codemodFolder))
const wheel = writeWheel(version, folder)
const lines = installLines(`./${basename(folder)}`, tarballs, wheel)
writeFileSync(join(folder, 'README.md'), readme(lines))
process.stdout.write(said(lines))

/** Packs built packages, dependencies first. */
function pack(folders: readonly string[], destination: string): Tarball[] {
  const args = ['pack', '--json', '--loglevel=error', '--pack-destination', destination, ...folders]
  const packed = execFileSync('npm', args, {
    encoding: 'utf8',
    shell: process.platform === 'win32',
    maxBuffer: 16 * 1024 * 1024,
  })
  const entries: { name: string; filename: string }[] = Object.values(JSON.parse(packed))
  return entries.map(({ name, filename }) => ({ name, file: basename(filename) }))
}

/** The command line that runs the codemod with our packages, which are in no registry. */
function codemodLine(packed: readonly Tarball[]): string {
  const schema = tarballs.find(({ name }) => name === '@cablegram/tl')
  const files = [schema?.file, ...packed.map(({ file }) => `codemod/${file}`)]
  const packages = files.map((file) => `--package ./${basename(folder)}/${file}`)
  return `npx --yes ${packages.join(' ')} codemod gramjs FILE…`
}

function said(lines: Readonly<Record<string, string>>): string {
  const parts = Object.entries(lines).map(([manager, line]) => `  ${manager}:\n    ${line}\n`)
  return `Made ${tarballs.length} packages and a wheel in ${folder}.\nCopy that folder into your project. Then, in the project:\n\n${parts.join('\n')}`
}

function readme(lines: Readonly<Record<string, string>>): string {
  const parts = Object.entries(lines).map(
    ([manager, line]) => `With ${manager}:\n\n\`\`\`sh\n${line}\n\`\`\`\n`,
  )
  return `# Cablegram ${version}, packed

Keep this folder in your project, beside package.json, and commit it: the project refers to these files. To install, run one
of these lines in the project.

${parts.join('\n')}
To rewrite programs for GramJS:

\`\`\`sh
${codemod}
\`\`\`

MIT licence; each package has its text.
`
}
