import { randomBytes } from 'node:crypto'
import type { CopyProgress } from '@cablegram/server/store-copy'
import type { Arguments, Command } from '../command.ts'
import { ANSWER_OPTIONS, askConsole } from '../console.ts'
import { CommandLineError } from '../errors.ts'
import { printAnswer } from '../print.ts'

const DEFAULT_DATA = './cablegram-data'

const copy: Command = {
  name: 'copy',
  summary: 'Copy the data folder of a stopped server into PostgreSQL.',
  options: {
    data: { value: 'DIR', help: `data folder to copy (default: ${DEFAULT_DATA})` },
    to: { value: 'URL', help: 'empty database: postgres://USER:PASSWORD@HOST:5432/DATABASE' },
    'secret-file': { value: 'FILE', help: 'file with the secret (default: in the data folder)' },
  },
  notes: [
    'The folder is not changed, unless it is of an older version. A copy that was broken off goes on where it was when the ' +
      'same command runs again. At the end every row is read back and compared.',
    'All nodes of the database need the secret file of the folder. Do not start a server on the folder afterwards: the two ' +
      'would not know of each other.',
  ],
  examples: [
    [
      'npx cablegram store copy --to postgres://cablegram@db.example/cablegram',
      'the data of ./cablegram-data',
    ],
    [
      'npx cablegram store copy --data /var/lib/cablegram --to postgres://127.0.0.1/cablegram',
      'those of another folder',
    ],
  ],
  async run(args) {
    const url = args.text('to')
    if (url === undefined)
      throw new CommandLineError('--to is missing: name the PostgreSQL database to copy into.')
    const { copyStore } = await import('@cablegram/server/store-copy')
    const { rows, tables, resumedRows, secretFile } = await copyStore({
      data: args.text('data') ?? DEFAULT_DATA,
      secretFile: args.text('secret-file'),
      url,
      random: (length) => Uint8Array.from(randomBytes(length)),
      onProgress: progressPrinter(),
    })
    const resumed = resumedRows > 0 ? `, ${resumedRows} of them before the copy was broken off` : ''
    process.stdout.write(
      `Copied ${rows} rows of ${tables} tables${resumed}, and compared every one.\n` +
        `Next: copy ${secretFile} to every node, and start each with\n` +
        '  npx cablegram serve --store URL --secret-file FILE\n',
    )
    return 0
  },
}

const backup: Command = {
  name: 'backup',
  summary: 'Copy the data folder of your running server.',
  options: ANSWER_OPTIONS,
  notes: [
    'The copy is in the folder backups of the data folder. To restore it, put it into an empty folder as cablegram.db, with ' +
      'the secret file of the server as secret.key beside it, and start a server there with --data.',
    'Back up data in PostgreSQL there, with pg_dump or a base backup, and keep a copy of the secret file in another place.',
  ],
  examples: [
    ['npx cablegram store backup', 'a copy of the data at this moment'],
    ['npx cablegram store backup --json', 'the path of the copy as JSON, for a script'],
  ],
  async run(args: Arguments) {
    const copied = (await askConsole(args, '/api/backups', { method: 'POST', body: {} })) as { file: string }
    printAnswer(
      args,
      copied,
      `${copied.file}\nNobody can read the copy without the secret file of the server: keep a copy of that file in another place.`,
    )
    return 0
  },
}

/** `cablegram store`: the data of a server as a whole. */
export const storeCommand: Command = {
  name: 'store',
  summary: 'Back up the data of your server, or copy a data folder into PostgreSQL.',
  actions: [copy, backup],
  options: {},
  examples: [
    ['npx cablegram store backup', 'a copy of the data of a running server'],
    ['npx cablegram store copy --to postgres://127.0.0.1/cablegram', 'a data folder into PostgreSQL'],
  ],
  async run() {
    throw new CommandLineError(
      '`cablegram store` needs an action: copy or backup. See `npx cablegram store --help`.',
    )
  },
}

/** Prints a line on standard error for each percent of the rows. */
function progressPrinter(): (progress: CopyProgress) => void {
  let printed = ''
  return ({ step, table, rows, allRows }) => {
    const percent = allRows === 0 ? 100 : Math.floor((rows * 100) / allRows)
    const line = step === 'copy' ? `copied ${percent} % of the rows` : `comparing ${table}`
    if (line === printed) return
    printed = line
    process.stderr.write(`${line}\n`)
  }
}
