/** Folders that users make: choices of chats. */
import { requireUserId } from '../rules/accounts/keys.ts'
import { filtersOf, removeFilter, setFilter, setFilterOrder } from '../rules/dialogs/filters.ts'
import { refusal } from '../rules/index.ts'
import { constantAnswer, type Handler, type ResultOf } from './handler.ts'
import { filterIn, tlFilter } from './tl-filters.ts'

/** Folders that clients put in order at once. */
const MAX_ORDERED = 200

function suggestion(
  description: string,
  text: string,
  kinds: Partial<ReturnType<typeof tlFilter>>,
): ResultOf<'messages.getSuggestedDialogFilters'>[number] {
  const named = { pinnedPeers: [], includePeers: [], excludePeers: [] }
  return {
    _: 'dialogFilterSuggested',
    filter: {
      ...kinds,
      ...named,
      _: 'dialogFilter',
      id: 0,
      title: { _: 'textWithEntities', text, entities: [] },
    },
    description,
  }
}

const SUGGESTIONS = constantAnswer<ResultOf<'messages.getSuggestedDialogFilters'>>([
  suggestion('New messages from chats of all kinds', 'Unread', {
    contacts: true,
    nonContacts: true,
    groups: true,
    broadcasts: true,
    bots: true,
    excludeRead: true,
    excludeArchived: true,
  }),
  suggestion('Chats with people', 'Personal', { contacts: true, nonContacts: true }),
])

/** Lists the user's folders, in order, after the one of all chats. */
export const getDialogFilters: Handler<'messages.getDialogFilters'> = async (_request, context) => {
  const ownerId = requireUserId(context.caller.state)
  const filters = await filtersOf(context.on, ownerId)
  return {
    _: 'messages.dialogFilters',
    filters: [
      { _: 'dialogFilterDefault' },
      ...filters.map((filter) => tlFilter(filter, context.on, ownerId)),
    ],
  }
}

/** Makes a folder, changes it, or deletes it. */
export const updateDialogFilter: Handler<'messages.updateDialogFilter'> = async ({ id, filter }, context) => {
  if (filter === undefined) await removeFilter(context.on, context.caller, id)
  else await setFilter(context.on, context.caller, await filterIn(id, filter, context))
  return true
}

/** Puts the folders in order. The list of all chats stays the first. */
export const updateDialogFiltersOrder: Handler<'messages.updateDialogFiltersOrder'> = async (
  { order },
  context,
) => {
  if (order.length > MAX_ORDERED) throw refusal('LIMIT_INVALID')
  await setFilterOrder(context.on, context.caller, order)
  return true
}

/** Lists folders that a user may like to have. */
export const getSuggestedDialogFilters: Handler<'messages.getSuggestedDialogFilters'> = () => SUGGESTIONS

/** Shows the tags of folders in the list of chats, which needs Premium; nobody has that here. */
export const toggleDialogFilterTags: Handler<'messages.toggleDialogFilterTags'> = ({ enabled }) => {
  if (enabled) throw refusal('PREMIUM_ACCOUNT_REQUIRED', { code: 403 })
  return true
}
