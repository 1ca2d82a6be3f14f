/** States of the chat with oneself. */
import { type NoNames, SELF, SIGNED_UP } from './scene.ts'
import type { CallStep, State } from './state.ts'

/** Sends a poll of this kind. */
const pollStep = (kind: { readonly publicVoters?: true; readonly openAnswers?: true }): CallStep => ({
  method: 'messages.sendMedia',
  params: {
    peer: SELF,
    media: {
      _: 'inputMediaPoll',
      poll: {
        _: 'poll',
        id: 0n,
        hash: 0n,
        ...kind,
        question: { _: 'textWithEntities', text: 'Tea?', entities: [] },
        answers: [
          {
            _: 'pollAnswer',
            text: { _: 'textWithEntities', text: 'yes', entities: [] },
            option: Uint8Array.of(1),
          },
          {
            _: 'pollAnswer',
            text: { _: 'textWithEntities', text: 'no', entities: [] },
            option: Uint8Array.of(2),
          },
        ],
      },
    },
    message: '',
    randomId: 6_204_117_153_489_200n,
  },
})

const sendPoll = pollStep({ publicVoters: true })

const sendOpenPoll = pollStep({ openAnswers: true })

const sendMessage: CallStep = {
  method: 'messages.sendMessage',
  params: { peer: SELF, message: 'Hello', randomId: 4_839_201_756_348_120n },
}

/** The names that each of these states gives to values. */
export interface MessageNames {
  readonly messageSaved: NoNames
  readonly messageReacted: NoNames
  readonly pollSaved: NoNames
  readonly pollVoted: NoNames
  readonly openPollSaved: NoNames
  readonly pollAnswered: NoNames
  readonly missedUpdates: { readonly state: { readonly pts: number } }
}

export const MESSAGE_STATES: Readonly<Record<keyof MessageNames, State>> = {
  messageSaved: {
    words: 'Ada is signed in and has written a message to herself.',
    start: SIGNED_UP,
    steps: [sendMessage],
  },
  messageReacted: {
    words: 'Ada is signed in, has written a message to herself, and has reacted to it.',
    start: SIGNED_UP,
    steps: [
      sendMessage,
      {
        method: 'messages.sendReaction',
        params: { peer: SELF, msgId: 1, reaction: [{ _: 'reactionEmoji', emoticon: '👍' }] },
      },
    ],
  },
  pollSaved: {
    words: 'Ada is signed in and has a poll in the chat with herself.',
    start: SIGNED_UP,
    steps: [sendPoll],
  },
  pollVoted: {
    words: 'Ada is signed in; a poll is in the chat with herself, and she has voted in it.',
    start: SIGNED_UP,
    steps: [
      sendPoll,
      { method: 'messages.sendVote', params: { peer: SELF, msgId: 1, options: [Uint8Array.of(2)] } },
    ],
  },
  openPollSaved: {
    words: 'Ada is signed in and has a poll in the chat with herself that takes more answers.',
    start: SIGNED_UP,
    steps: [sendOpenPoll],
  },
  pollAnswered: {
    words: 'Ada is signed in and has added an answer to a poll in the chat with herself.',
    start: SIGNED_UP,
    steps: [
      sendOpenPoll,
      {
        method: 'messages.addPollAnswer',
        params: {
          peer: SELF,
          msgId: 1,
          answer: {
            _: 'inputPollAnswer',
            text: { _: 'textWithEntities', text: 'cocoa', entities: [] },
          },
        },
      },
    ],
  },
  missedUpdates: {
    words: 'Ada is signed in; something has happened since she asked for the state.',
    start: SIGNED_UP,
    steps: [{ method: 'updates.getState', params: {}, as: 'state' }, sendMessage],
    bare: ['state.pts'],
  },
}
