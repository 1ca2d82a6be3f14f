import type { FolderId } from '../rules/dialogs/words.ts'
import { refusal } from '../rules/index.ts'

/** A folder of the main list: the list itself, or the archive. @throws {RpcError} FOLDER_ID_INVALID */
export function folderIdOf(folderId: number): FolderId {
  if (folderId === 0 || folderId === 1) return folderId
  throw refusal('FOLDER_ID_INVALID')
}
