import type { Store } from '../database/store.ts'
import { addFault, listFaults, removeFaults, type StoredFault, useFault } from './decide-faults.ts'

/** The faults of a server that has several nodes, in the store. */
export interface SharedFaults {
  /** Ids of faults that this node adds are above this. */
  readonly firstId: number
  list(): Promise<StoredFault[]>
  add(fault: StoredFault): Promise<void>
  /** False if nothing of the fault was left. */
  use(id: number): Promise<boolean>
  /** Undefined: all. */
  remove(id: number | undefined): Promise<void>
}

/** Ids that a node gives out before they would be another's. */
export const IDS_OF_NODE = 1_000_000

/** @param nodeNumber another one for each node that runs */
export function createSharedFaults(store: Pick<Store, 'decide' | 'look'>, nodeNumber: number): SharedFaults {
  return {
    firstId: nodeNumber * IDS_OF_NODE,
    list: () => store.look(listFaults),
    add: (fault) => store.decide(() => addFault(fault)),
    use: (id) => store.decide(() => useFault(id)),
    remove: (id) => store.decide(() => removeFaults(id)),
  }
}
