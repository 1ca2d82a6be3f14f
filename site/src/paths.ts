import { fileURLToPath } from 'node:url'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Folders and files that the site is made of; folders end with a slash. */
export const paths = {
  root: at('../../'),
  site: at('../'),
  tlSources: at('../../packages/tl/sources/'),
  client: at('../../packages/client/src/'),
  errors: at('../../packages/tl/generated/errors.json'),
  notes: at('../notes/'),
  guides: at('../guides/'),
  purposes: at('../purposes.json'),
  answers: at('../examples/answers.json'),
  browser: at('./browser/'),
  dist: at('../dist/pages/'),
} as const
