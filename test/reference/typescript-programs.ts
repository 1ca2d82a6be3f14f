import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'

/** In a thread, so that a program that fails with an open client cannot keep the tests from ending. */
const RUNNER = `
const { parentPort } = require('node:worker_threads')
parentPort.on('message', async ({ file, args }) => {
  const lines = []
  console.log = (...values) => lines.push(values.map(String).join(' '))
  process.argv = [process.argv[0], file, ...args]
  try {
    await import(file)
    parentPort.postMessage({ lines })
  } catch (error) {
    parentPort.postMessage({ lines, failure: String(error?.stack ?? error) })
  }
})`

/** Runs programs one after the other, each as a file of its own. */
export class TypeScriptPrograms {
  readonly #worker: Worker = new Worker(RUNNER, { eval: true })
  #count = 0

  /**
   * Imports a program.
   *
   * @param folder one whose `node_modules` are those of the repository
   * @param args the arguments behind the file's name
   * @returns the lines that it wrote to the console
   * @throws Error with the stack of what the program threw
   */
  async run(text: string, folder: string, args: readonly string[]): Promise<string[]> {
    const path = join(folder, `example-${++this.#count}.ts`)
    await writeFile(path, text)
    this.#worker.postMessage({ file: pathToFileURL(path).href, args })
    const [{ lines, failure }] = await once(this.#worker, 'message')
    if (failure !== undefined) throw new Error(failure)
    return lines
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }
}
