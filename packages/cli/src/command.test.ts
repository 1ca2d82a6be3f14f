import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Command, parseArguments } from './command.ts'
import { CommandLineError } from './errors.ts'
import { commandHelp } from './help.ts'

const command: Command = {
  name: 'greet',
  summary: 'Greet somebody.',
  positionals: [{ name: 'NAME', help: 'who', required: true }],
  options: {
    times: { value: 'N', help: 'how often' },
    tone: { value: 'loud|soft', oneOf: ['loud', 'soft'], help: 'how' },
    formal: { help: 'say Sir' },
  },
  examples: [['greet Ada --times 2', 'twice']],
  run: async () => 0,
}

test('the command line separates options, switches and arguments', () => {
  const args = parseArguments(command, ['--times', '2', 'Ada', '--formal', '--tone=soft'])
  assert.deepEqual(args.positionals, ['Ada'])
  assert.equal(args.number('times'), 2)
  assert.equal(args.text('tone'), 'soft')
  assert.equal(args.flag('formal'), true)
  assert.equal(parseArguments(command, ['Ada']).number('times'), undefined)
})

test('an unknown command or option is refused with a suggestion', () => {
  const refused = (argv: string[], message: RegExp) =>
    assert.throws(
      () => parseArguments(command, argv).number('times'),
      (error: unknown) => error instanceof CommandLineError && message.test(error.message),
    )
  refused(['Ada', '--loud'], /Unknown option '--loud'\. See `npx cablegram greet --help`/)
  refused(['Ada', '--tiems', '2'], /Unknown option '--tiems'\. Did you mean --times\? See/)
  refused(['Ada', '--times'], /--times/)
  refused(['Ada', '--times', 'two'], /whole number; it cannot be "two"/)
  refused(['Ada', '--tone', 'shrill'], /loud or soft; it cannot be "shrill"/)
  refused([], /NAME is missing/)
  refused(['Ada', 'Bob'], /"Bob" is one argument too many/)
})

test('an unknown action is refused with the actions there are', () => {
  const { positionals: _, ...parent } = command
  const refused = (actions: Command[], message: RegExp) =>
    assert.throws(() => parseArguments({ ...parent, actions }, ['x']), { message })
  refused([command], /"x" is not an action of `cablegram greet`\. There is only greet\.$/)
  refused([command, { ...command, name: 'part' }], /There are greet, part\.$/)
})

test('arguments that override others win', () => {
  const file = parseArguments(command, ['Bob', '--times=1', '--formal'])
  const args = parseArguments(command, ['Ada', '--times=2']).over(file)
  assert.deepEqual([args.positionals, args.number('times'), args.flag('formal')], [['Ada'], 2, true])
})

test('the help shows arguments, options and examples', () => {
  const help = commandHelp(command)
  for (const part of ['greet NAME [OPTIONS]', '--times N', '--formal', 'greet Ada --times 2']) {
    assert.ok(help.includes(part), part)
  }
})

test('an option with a heading starts a new section of the help', () => {
  const options = { quick: { help: 'q' }, port: { heading: 'Where', value: 'N', help: 'p' } }
  const help = commandHelp({ ...command, options })
  assert.match(help, /Options:\n {2}--quick {3}q\n\nWhere:\n {2}--port N {2}p\n {2}--help {4}show this/)
})
