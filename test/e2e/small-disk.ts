/** A small disk in memory, which can be filled. Mounting one takes the rights of root. */
import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A disk, mounted on a folder. */
export interface MountedDisk {
  readonly folder: string
  /** Writes a file into all room that is left. */
  fill(): void
  /** Deletes the file. */
  free(): void
  close(): void
}

/** The size and the owner of a disk. */
export interface DiskChoices {
  /** As the option `size` of tmpfs has it. */
  readonly size: string
  /** Default: this process. */
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined
  /** Default: a new one. */
  readonly folder?: string | undefined
}

/** @returns the reason, where this process may not mount a disk */
export function mountDisk({ size, owner, folder = newFolder() }: DiskChoices): MountedDisk | string {
  const whose = owner === undefined ? '' : `,uid=${owner.uid},gid=${owner.gid},mode=700`
  const { status, stderr, error } = spawnSync(
    'mount',
    ['-t', 'tmpfs', '-o', `size=${size}${whose}`, 'cablegram', folder],
    { encoding: 'utf8' },
  )
  if (status !== 0) {
    rmSync(folder, { recursive: true })
    return error?.message ?? stderr.trim()
  }
  const filler = join(folder, 'filler')
  return {
    folder,
    fill: () => writeUntilFull(filler),
    free: () => rmSync(filler),
    close() {
      spawnSync('umount', ['--lazy', folder])
      rmSync(folder, { recursive: true })
    },
  }
}

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'cablegram-disk-'))
}

function writeUntilFull(path: string): void {
  const file = openSync(path, 'w')
  const block = Buffer.alloc(4096, 1)
  try {
    for (;;) writeSync(file, block)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  } finally {
    closeSync(file)
  }
}
