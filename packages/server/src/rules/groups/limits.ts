/** Limits of basic groups that clients have built in. The number of members is a setting. */

/** Characters of a title, and of a description. */
export const MAX_TITLE = 128
export const MAX_ABOUT = 255
/** Messages that a new member may get. */
export const MAX_COPIED = 100
/** Members who can use a link with a limit, and characters of its title. */
export const MAX_USES = 99_999
export const MAX_LINK_TITLE = 32
/** Rows of one answer. */
export const MAX_ROWS = 100
