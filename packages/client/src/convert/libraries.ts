import { UsageError } from '@cablegram/tl'
import { decodeBase64Url } from '../storage/base64.ts'
import { SessionError } from '../storage/errors.ts'
import { foreignLibrary } from '../storage/foreign-session.ts'
import type { CarriedLogin } from './carried-login.ts'
import { readGramJs, writeGramJs } from './gramjs.ts'
import { readMtcute, writeMtcute } from './mtcute.ts'
import { readPyrogram, writePyrogram } from './pyrogram.ts'
import { readTelethon, writeTelethon } from './telethon.ts'

/** A library whose string sessions can be read and written. */
export type StringLibrary = 'telethon' | 'gramjs' | 'pyrogram' | 'mtcute'

interface StringForm {
  /** Name of the library in texts. */
  readonly title: string
  /** First character of its strings, which is not in the base64. */
  readonly prefix: string
  read(bytes: Uint8Array): CarriedLogin
  write(login: CarriedLogin): string
}

const FORMS: Readonly<Record<StringLibrary, StringForm>> = {
  telethon: { title: 'Telethon', prefix: '1', read: readTelethon, write: writeTelethon },
  gramjs: { title: 'GramJS', prefix: '1', read: readGramJs, write: writeGramJs },
  pyrogram: { title: 'Pyrogram', prefix: '', read: readPyrogram, write: writePyrogram },
  mtcute: { title: 'mtcute', prefix: '', read: readMtcute, write: writeMtcute },
}

/** The libraries whose string sessions can be read and written. */
export const STRING_LIBRARIES: readonly StringLibrary[] = ['telethon', 'gramjs', 'pyrogram', 'mtcute']

/** The library that wrote a string session; undefined for ours and for those that cannot be read. */
export function libraryOfString(text: string): StringLibrary | undefined {
  const title = foreignLibrary(text)
  return STRING_LIBRARIES.find((library) => FORMS[library].title === title)
}

/** @throws SessionError SESSION_CORRUPT */
export function readString(library: StringLibrary, text: string): CarriedLogin {
  const { title, prefix, read } = FORMS[library]
  const bytes = decodeBase64Url(text.trim().slice(prefix.length))
  if (!bytes) throw new SessionError('SESSION_CORRUPT', `${title}'s session is damaged: it is not base64`)
  return read(bytes)
}

/** @throws UsageError SESSION_ADDRESS, SESSION_USER, SESSION_API_ID */
export function writeString(library: StringLibrary, login: CarriedLogin): string {
  return formOf(library).write(login)
}

function formOf(library: StringLibrary): StringForm {
  const form = Object.hasOwn(FORMS, library) ? FORMS[library] : undefined
  if (form) return form
  const message = `Sessions of ${String(library)} cannot be written; known are ${STRING_LIBRARIES.join(', ')}.`
  throw new UsageError('SESSION_LIBRARY', message)
}
