import { chooseForCdn } from '../../rules/files/cdn.ts'
import { ConsoleError } from '../error.ts'
import type { OnConsole } from '../on-console.ts'
import type { CdnChoice } from '../words.ts'

/**
 * Has clients that can go to the CDN sent there for a photo or document, or not.
 *
 * @throws {ConsoleError} 409 CDN_OFF, 404 MEDIA_NOT_FOUND
 */
export async function chooseFileForCdn(on: OnConsole, fileId: bigint, { cdn }: CdnChoice): Promise<void> {
  if (on.settings.cdn === 'off')
    throw new ConsoleError(
      409,
      'CDN_OFF',
      'The server has no CDN.',
      'Start it with --cdn chosen, or --cdn all.',
    )
  if (await chooseForCdn(on, fileId, cdn)) return
  throw new ConsoleError(
    404,
    'MEDIA_NOT_FOUND',
    `No photo and no document has the id ${fileId}.`,
    'Give the id that clients see, of a photo or document that a message has.',
  )
}
