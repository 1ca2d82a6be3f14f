/**
 * The folder of Telegram Desktop, which has no library of its own, by @mtcute/convert: `write FOLDER` takes a string session of
 * mtcute at its standard input, and `read FOLDER HOST PORT` prints one. A folder has no addresses: the reader names the server.
 */
import { text } from 'node:stream/consumers'
import { convertFromTdata, convertToTdata } from '@mtcute/convert'
import { writeStringSession } from '@mtcute/core/utils.js'

const [action, path, host, port] = process.argv.slice(2)
if (action === 'write') await convertToTdata((await text(process.stdin)).trim(), { path })
else {
  const session = await convertFromTdata({ path })
  const main = { id: session.primaryDcs.main.id, ipAddress: host, port: Number(port) }
  console.log(writeStringSession({ ...session, primaryDcs: { main, media: { ...main, mediaOnly: true } } }))
}
