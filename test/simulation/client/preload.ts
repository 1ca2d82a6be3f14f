/** Modules that the client loads when it needs them: read before, so that virtual time does not wait for a disk. */
export async function preload(): Promise<void> {
  const client = '../../../packages/client/src'
  await Promise.all(
    [
      '@cablegram/tl/api',
      `${client}/events/follower.ts`,
      `${client}/methods/send-message.ts`,
      `${client}/methods/send-file.ts`,
      `${client}/methods/history.ts`,
      `${client}/methods/download.ts`,
      `${client}/peers/resolve.ts`,
    ].map((module) => import(module)),
  )
}
