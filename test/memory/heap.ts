import { setTimeout as wait } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** The heap after collections, in MiB: values that a turn of the event loop still holds are gone. */
export async function heapMib(): Promise<number> {
  for (let round = 0; round < 4; round++) {
    await wait(10)
    collect()
  }
  return process.memoryUsage().heapUsed / 1024 / 1024
}
