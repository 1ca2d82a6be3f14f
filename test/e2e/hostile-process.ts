/** Runs one kind of attack in its own process, so that its cost does not count as the server's. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { ATTACKS, type Target } from './hostile-clients.ts'

/**
 * Begins the attack of that name.
 * @returns its end: resolves to how often it struck
 */
export async function beginAttack(
  name: string,
  target: Target,
  size: number,
): Promise<() => Promise<number>> {
  const child = fork(fileURLToPath(import.meta.url), [name, JSON.stringify(target), String(size)])
  await once(child, 'message')
  return async () => {
    child.send('end')
    const [struck] = await once(child, 'message')
    child.disconnect()
    await once(child, 'exit')
    return Number(struck)
  }
}

if (import.meta.main) {
  const [name, target = '', size] = process.argv.slice(2)
  const end = ATTACKS.find((attack) => attack.name === name)?.begin(JSON.parse(target), Number(size))
  process.once('message', async () => process.send?.(await end?.()))
  process.on('disconnect', () => process.exit())
  process.send?.('begun')
}
