/** Kinds of media that go together in an album; others do not go into one. */
export const FAMILIES: Readonly<Record<string, string>> = {
  photo: 'pictures',
  video: 'pictures',
  document: 'documents',
  music: 'music',
}
