/** SQL: the role in a row of `chat_members` is of somebody who is in the group now. Others have left, or were removed. */
export const IS_IN = `role IN ('creator', 'admin', 'member')`
