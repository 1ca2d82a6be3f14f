#!/usr/bin/env node
import { readFileSync, writeFileSync } from 'node:fs'
import { fromGramJs } from './gramjs.ts'

const USAGE = `Usage: codemod gramjs [--print] FILE…

Rewrites programs for GramJS as programs for Cablegram, in their files. What it cannot rewrite gets a comment
"TODO(cablegram)" that names a section of the guide "Coming from GramJS". --print writes the result to standard output.
`

/** Rewrites the files, and says what it did. @returns the exit code: 1 if a file is no program, 2 for wrong usage */
function main([from, ...args]: readonly string[]): number {
  const isPrint = args.includes('--print')
  const files = args.filter((arg) => arg !== '--print')
  if (from !== 'gramjs' || files.length === 0 || files.some((file) => file.startsWith('-'))) {
    process.stderr.write(USAGE)
    return from === '--help' ? 0 : 2
  }
  return files.map((file) => rewrite(file, isPrint)).includes(false) ? 1 : 0
}

function rewrite(file: string, isPrint: boolean): boolean {
  try {
    const rewritten = fromGramJs(readFileSync(file, 'utf8'))
    if (rewritten === undefined) {
      process.stderr.write(`${file}: does not import telegram; it stays as it is\n`)
      return true
    }
    if (isPrint) process.stdout.write(rewritten.text)
    else writeFileSync(file, rewritten.text)
    const count = rewritten.todos.length
    process.stderr.write(
      `${file}: rewritten, ${count === 0 ? 'nothing is left to do' : `${count} TODO(cablegram)`}\n`,
    )
    for (const { line, text } of rewritten.todos) process.stderr.write(`  ${file}:${line}: ${text}\n`)
    return true
  } catch (error) {
    process.stderr.write(`${file}: ${error instanceof Error ? error.message : String(error)}\n`)
    return false
  }
}

process.exitCode = main(process.argv.slice(2))
