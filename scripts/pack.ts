/**
 * `npm run pack -- [FOLDER]`: makes a folder (by default `packed`) with everything of ours that a project
 * installs, and says how to install it. Copy the folder into your project; the packages of others come from
 * the registry.
 */
import { execFileSync } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildOnce } from './build-once.ts'
import { installLines, type Tarball } from './install-lines.ts'
import { writeWheel } from './wheel.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const folder = resolve(process.argv[2] ?? join(root, 'packed'))

buildOnce()
mkdirSync(folder, { recursive: true })
for (const old of globSync('{cablegram,pytest_cablegram}-*.{tgz,whl}', { cwd: folder }))
  rmSync(join(folder, old))
const tarballs = pack()
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const wheel = writeWheel(version, folder)
const lines = installLines(`./${basename(folder)}`, tarballs, wheel)
writeFileSync(join(folder, 'README.md'), readme(lines))
process.stdout.write(said(lines))

/** Packs all packages, dependencies first. */
function pack(): Tarball[] {
  const manifest: { workspaces: string[] } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const built = manifest.workspaces.map((workspace) => join(root, workspace, 'dist'))
  const args = ['pack', '--json', '--loglevel=error', '--pack-destination', folder, ...built]
  const packed = execFileSync('npm', args, {
    encoding: 'utf8',
    shell: process.platform === 'win32',
    maxBuffer: 16 * 1024 * 1024,
  })
  const entries: { name: string; filename: string }[] = Object.values(JSON.parse(packed))
  return entries.map(({ name, filename }) => ({ name, file: basename(filename) }))
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
MIT licence; each package has its text.
`
}
