import fs from 'node:fs/promises'

/** The operations of Node's file system that a session file needs; tests give others. */
export type FileSystem = Pick<
  typeof fs,
  | 'chmod'
  | 'lstat'
  | 'open'
  | 'readFile'
  | 'readdir'
  | 'realpath'
  | 'rename'
  | 'stat'
  | 'unlink'
  | 'writeFile'
>

/** The file system of this machine. */
export const nodeFileSystem: FileSystem = fs

/** The system's code of an error, such as `ENOENT`. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
