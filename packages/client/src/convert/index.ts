export type { CarriedLogin } from './carried-login.ts'
export { keyIdOf } from './carry.ts'
export type { StringLibrary } from './libraries.ts'
export {
  type ConvertOptions,
  convertSession,
  type FoundSession,
  readSession,
  readSessionText,
  type SessionForm,
  type SessionLibrary,
} from './node/session-files.ts'
export { type ExportOptions, exportSession, type ImportOptions, importSession } from './strings.ts'
