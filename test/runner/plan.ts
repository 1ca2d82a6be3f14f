/** Decides which test files share a process. */

/** The files of one process. */
export interface TestProcess {
  /** Its area, and a number where the area has several. */
  readonly name: string
  readonly files: readonly string[]
}

/**
 * A comment line of a test file that must be alone in its process, because it changes something that the whole
 * process has (environment, folder, globals), or measures it. The reason follows.
 */
const ALONE = /^(?:\/\/|\/\*\*| \*) Own process: \S/m

/** A comment line of a test file that does more in `npm run test:long` (test/effort.ts). */
const LONG = /^(?:\/\/|\/\*\*| \*) Long form: \S/m

/** A process holds at most this many files: they share its memory, and the last process should not end long after the others. */
const MAX_FILES = 64

/** Seconds that a file takes, roughly: those that are alone, and those of an area with servers and clients. */
const ALONE_S = 8
const AREA_S: Readonly<Record<string, number>> = { 'test/e2e': 2 }
const OTHER_S = 0.5

/**
 * The processes for these files, the longest first: one that begins late ends long after the others. A file that asks for a
 * process of its own gets it. The others share processes with their neighbours, which load the same modules.
 *
 * @param files repository paths
 * @param read the text of a file
 */
export function planProcesses(files: readonly string[], read: (file: string) => string): TestProcess[] {
  const planned: { seconds: number; process: TestProcess }[] = []
  const areas = new Map<string, string[]>()
  for (const file of [...files].sort()) {
    if (ALONE.test(read(file)))
      planned.push({
        seconds: ALONE_S,
        process: { name: dashed(file.replace(/\.test\.ts$/, '')), files: [file] },
      })
    else areas.set(areaOf(file), [...(areas.get(areaOf(file)) ?? []), file])
  }
  for (const [area, inArea] of areas) {
    for (const process of split(dashed(area), inArea))
      planned.push({ seconds: process.files.length * (AREA_S[area] ?? OTHER_S), process })
  }
  return planned.sort((a, b) => b.seconds - a.seconds).map(({ process }) => process)
}

/** Tells whether a test file has a long form. */
export function hasLongForm(text: string): boolean {
  return LONG.test(text)
}

/** A package, or a folder of tests; single files of `test/` are one area. */
function areaOf(file: string): string {
  const [top = '', second = '', ...rest] = file.split('/')
  return rest.length === 0 ? top : `${top}/${second}`
}

/** Parts of nearly the same size, of neighbours. */
function split(name: string, files: readonly string[]): TestProcess[] {
  const parts = Math.ceil(files.length / MAX_FILES)
  return Array.from({ length: parts }, (_, i) => ({
    name: parts === 1 ? name : `${name}-${i + 1}`,
    files: files.slice(Math.round((i * files.length) / parts), Math.round(((i + 1) * files.length) / parts)),
  }))
}

function dashed(path: string): string {
  return path.replaceAll('/', '-')
}
