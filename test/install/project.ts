/**
 * A stranger's project: an empty folder with the packed files, and the Nodes and package managers to use
 * there.
 */
import { execFile, execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const here = dirname(fileURLToPath(import.meta.url))

/** A Node to run with: its name for people, and its path. */
export interface NodeVersion {
  readonly name: string
  readonly path: string
}

/** The packed files, made by `run.ts`. */
export function packedFolder(): string {
  return folderIn('CABLEGRAM_PACKED')
}

/** A project with the packed files, in which `run.ts` has installed them. */
function installedFolder(): string {
  return folderIn('CABLEGRAM_INSTALLED')
}

function folderIn(variable: string): string {
  const folder = process.env[variable]
  if (folder === undefined) throw new Error('these tests are run by `npm run test:install`')
  return folder
}

/** A tool's file in this folder's manifest. */
export function tool(path: string): string {
  return join(here, 'node_modules', path)
}

/** The oldest Node that `engines` allows, and the pinned one; npm has no old one for some platforms. */
export function nodes(): NodeVersion[] {
  const oldest = tool(`node-22-${process.platform}-${process.arch}/bin/node`)
  const pinned = { name: 'the pinned Node', path: process.execPath }
  return existsSync(oldest) ? [{ name: 'Node 22.18', path: oldest }, pinned] : [pinned]
}

/** Runs a command line. */
export interface RunOptions {
  readonly node?: string
  readonly env?: Readonly<Record<string, string>>
}

/** A folder with package.json and the packed files, as somebody has it who received them. */
export class Project {
  readonly folder: string
  readonly #bin: string

  constructor(manifest: object = {}) {
    this.folder = mkdtempSync(join(tmpdir(), 'cablegram-project-'))
    this.#bin = join(this.folder, '.bin')
    mkdirSync(this.#bin)
    this.write('package.json', JSON.stringify({ name: 'empty', private: true, type: 'module', ...manifest }))
    cpSync(packedFolder(), join(this.folder, 'packed'), { recursive: true })
  }

  /** One in which npm has installed the packages: a copy of the project that `run.ts` has made. */
  static installed(): Project {
    const project = new Project()
    // Links of npm are relative, and lead to the copy.
    cpSync(installedFolder(), project.folder, { recursive: true, verbatimSymlinks: true })
    return project
  }

  write(name: string, text: string): string {
    const file = join(this.folder, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    return file
  }

  /** Makes a script available as a command, as an installed package manager is. */
  addCommand(name: string, script: string): void {
    chmodSync(script, 0o755)
    symlinkSync(script, join(this.#bin, name))
  }

  /** Runs a command line with this Node first on PATH. @returns standard output */
  async run(line: string, { node = process.execPath, env = {} }: RunOptions = {}): Promise<string> {
    const path = [this.#bin, dirname(node), process.env['PATH']].join(delimiter)
    // A test runner inside reports in lines for people instead of messages to the runner of this test.
    const { NODE_TEST_CONTEXT: _, ...own } = process.env
    const options = { cwd: this.folder, env: { ...own, ...env, PATH: path }, maxBuffer: 2 ** 26 }
    try {
      return (await promisify(execFile)('sh', ['-c', line], options)).stdout
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string }
      throw new Error(`${line}\n${stdout}${stderr}`, { cause: error })
    }
  }

  /** Runs the line that `npm run pack` printed for this package manager. */
  install(manager: 'npm' | 'pnpm' | 'yarn' | 'pip'): Promise<string> {
    return this.run(installLine(manager))
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** The line for a package manager, from the README that comes with the packed files. */
export function installLine(manager: string): string {
  const text = readFileSync(join(packedFolder(), 'README.md'), 'utf8')
  const line = new RegExp(`^With ${manager}:\\n\\n\`\`\`sh\\n(.+)\\n\`\`\`$`, 'm').exec(text)?.[1]
  if (line === undefined) throw new Error(`the packed README has no line for ${manager}`)
  return line
}

/** Makes a Python environment in a project's folder, with these packages. @returns its python */
export function pythonWith(project: Project, ...packages: string[]): string {
  const folder = join(project.folder, 'venv')
  execFileSync('python3', ['-m', 'venv', folder])
  const python = join(folder, 'bin/python')
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]
  execFileSync(python, pip, { cwd: project.folder, stdio: ['ignore', 'ignore', 'inherit'] })
  return python
}
