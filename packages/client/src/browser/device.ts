/** Marks of browsers in the text that they send, the most special first: each claims to be those below it, too. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\/(\d+)/, 'Edge'],
  [/\bOPR\/(\d+)/, 'Opera'],
  [/\bFirefox\/(\d+)/, 'Firefox'],
  [/\bChrome\/(\d+)/, 'Chrome'],
  [/\bVersion\/(\d+).* Safari\//, 'Safari'],
]
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\bAndroid\b/, 'Android'],
  [/\b(?:iPhone|iPad)\b/, 'iOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
]

/** The browser and the system as an account's list of sessions shows them. */
export function deviceOf(userAgent: string): { deviceModel: string; systemVersion: string } {
  return {
    deviceModel: named(BROWSERS, userAgent, 'Browser'),
    systemVersion: named(SYSTEMS, userAgent, 'Web'),
  }
}

function named(marks: readonly (readonly [RegExp, string])[], text: string, unknown: string): string {
  for (const [mark, name] of marks) {
    const found = mark.exec(text)
    if (found) return found[1] === undefined ? name : `${name} ${found[1]}`
  }
  return unknown
}
