import { realpath } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'

/** The folder of the files that a script may send, and to which it may download. */
export class ScriptFiles {
  readonly #folder: string | undefined

  constructor(folder: string | undefined) {
    this.#folder = folder
  }

  /**
   * The path of a file below the folder; links that lead out of it are refused.
   *
   * @throws Error if the script has no folder, or the name leads out of it
   */
  async pathOf(name: string): Promise<string> {
    if (this.#folder === undefined) {
      throw new Error(
        `the script may not open ${name}: it has no folder of files. Give one (--files FOLDER), or bytes in place of a name`,
      )
    }
    const folder = await realpath(this.#folder)
    const wanted = resolve(folder, name)
    // A file that is to be written is not there yet, and may not be a link that leads elsewhere.
    const real = await realpath(wanted).catch(async () =>
      join(await realpath(dirname(wanted)), basename(wanted)),
    )
    const way = relative(folder, real)
    if (way === '' || way === '..' || way.startsWith(`..${sep}`) || resolve(folder, way) !== real) {
      throw new Error(`the script may not open ${name}: it is not in the folder ${this.#folder}`)
    }
    return real
  }
}
