import type { User } from '@cablegram/tl/api'
import type { Clock } from '../net/clock.ts'
import { accountState } from '../storage/account-state.ts'
import { memoryState } from '../storage/memory-state.ts'
import { PeerBook } from './book.ts'

/** The book of user 9, in memory, which has these users. */
export function testBook(users: readonly User[], clock: Clock): PeerBook {
  const book = new PeerBook({
    state: accountState(memoryState(), async () => 9n),
    clock,
    userId: () => 9n,
    isOpen: () => true,
    onError: (error) => {
      throw error
    },
  })
  book.remember(users)
  return book
}
