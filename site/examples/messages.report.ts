import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('messages.report', {
  given: 'messageSaved',
  params: { peer: { _: 'inputPeerSelf' }, id: [1], option: new Uint8Array(), message: '' },
  as: 'asked',
  answer: 'reportResultChooseOption',
  shows: { title: 'Report', 'options.0.text': 'Spam' },
  note: 'The call with the option that was chosen comes next.',
})
