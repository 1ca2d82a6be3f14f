import { createHash } from 'node:crypto'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Command } from '../../command.ts'
import { ANSWER_OPTIONS, openConsole } from '../../console.ts'
import { CommandError } from '../../errors.ts'
import { printAnswer } from '../../print.ts'
import { MESSAGE, PERSON } from './person-path.ts'

/** `cablegram people download`. */
export const download: Command = {
  name: 'download',
  summary: 'Write the file of a message to the disk, as somebody has it.',
  positionals: [
    PERSON,
    MESSAGE,
    { name: 'PATH', help: 'the file to write, which must not exist yet', required: true },
  ],
  options: {
    size: { value: 'LETTER', help: 'one of the sizes of a picture (default: the largest)' },
    ...ANSWER_OPTIONS,
  },
  examples: [
    ['npx cablegram people download @bob_builder 5 photo.jpg', 'the picture that message 5 has'],
    ['npx cablegram people download @bob_builder 5 small.jpg --size m', 'a smaller size of it'],
  ],
  async run(args) {
    const [person = '', id = '', path = ''] = args.positionals
    const size = args.text('size')
    const from = `/api/people/${encodeURIComponent(person)}/files/${encodeURIComponent(id)}`
    const given = { messageId: 'ID', size: '--size' }
    const query = size === undefined ? {} : { size }
    const written = await writeNew(await openConsole(args, from, { query, given }), path)
    printAnswer(args, { path, ...written }, `${path}: ${written.bytes} bytes, SHA-256 ${written.sha256}`)
    return 0
  },
}

/** Writes what comes to a new file. @throws CommandError */
export async function writeNew(answer: Readable, path: string): Promise<{ bytes: number; sha256: string }> {
  const file = await newFile(path)
  const hash = createHash('sha256')
  let bytes = 0
  const count = new Transform({
    transform(chunk: Buffer, _, next) {
      hash.update(chunk)
      bytes += chunk.length
      next(null, chunk)
    },
  })
  try {
    await pipeline(answer, count, file.createWriteStream())
  } catch (cause) {
    await rm(path, { force: true })
    throw new CommandError(`${path} was not written: ${cause}.`, { cause })
  }
  return { bytes, sha256: hash.digest('hex') }
}

/** Opened before anything can fail, so that only a file of this command is ever removed. */
async function newFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o600)
  } catch (cause) {
    const isThere = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST'
    const why = isThere
      ? `there is a file ${path} already: give another path.`
      : `${path} was not written: ${cause}.`
    throw new CommandError(why, { cause })
  }
}
