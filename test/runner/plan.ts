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

/**
 * The processes for these files. A file that asks for a process of its own gets it, and is started early, because
 * such files tend to be long. The others share processes with their neighbours, which load the same modules.
 *
 * @param files repository paths
 * @param read the text of a file
 */
export function planProcesses(files: readonly string[], read: (file: string) => string): TestProcess[] {
  const alone: TestProcess[] = []
  const areas = new Map<string, string[]>()
  for (const file of [...files].sort()) {
    if (ALONE.test(read(file))) alone.push({ name: dashed(file.replace(/\.test\.ts$/, '')), files: [file] })
    else areas.set(areaOf(file), [...(areas.get(areaOf(file)) ?? []), file])
  }
  const shared = [...areas].flatMap(([area, inArea]) => split(dashed(area), inArea))
  return [...alone, ...shared.sort((a, b) => b.files.length - a.files.length)]
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
