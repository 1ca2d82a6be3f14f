/** Lost answers of contacts, and of lists of people. */
import assert from 'node:assert/strict'
import { createUser } from './console.ts'
import { type LostAnswerRow, type LostWorld, SELF, settings } from './lost-world.ts'

const NAMES = { firstName: 'Grace', lastName: '' } as const

/** Somebody who has found somebody else, by a username. */
async function knowing(world: LostWorld, username: string) {
  await createUser(world.ready.console, { phone: world.phone(), firstName: 'Grace', username })
  const client = await world.user()
  const { users } = await client.contacts.resolveUsername({ username })
  const [found] = users
  assert.ok(found?._ === 'user')
  return { client, id: { _: 'inputUser', userId: found.id, accessHash: found.accessHash ?? 0n } as const }
}

/** Methods that change what somebody knows of others. */
export const LOST_CONTACT_ANSWERS: Readonly<Record<string, LostAnswerRow>> = {
  'contacts.importContacts': async (world) => {
    const client = await world.user()
    const contact = { _: 'inputPhoneContact', clientId: 1n, phone: world.phone(), ...NAMES } as const
    return {
      client,
      call: () => client.contacts.importContacts({ contacts: [contact] }),
      told: 'contacts.importedContacts',
      check: async () => assert.equal((await client.contacts.getSaved()).length, 1),
    }
  },
  'contacts.addContact': async (world) => {
    const { client, id } = await knowing(world, 'lost_contact')
    return {
      client,
      call: () => client.contacts.addContact({ id, ...NAMES, phone: '' }),
      told: 'updates',
      async check() {
        const list = await client.contacts.getContacts({ hash: 0n })
        assert.equal(list._ === 'contacts.contacts' && list.contacts.length, 1)
      },
    }
  },
  'contacts.acceptContact': async (world) => {
    const { client, id } = await knowing(world, 'lost_request')
    const key = { _: 'inputPrivacyKeyPhoneNumber' } as const
    await client.account.setPrivacy({ key, rules: [{ _: 'inputPrivacyValueDisallowAll' }] })
    await client.contacts.addContact({ id, ...NAMES, phone: '' })
    // The number is shared by then: the refusal is true.
    return { client, call: () => client.contacts.acceptContact({ id }), told: '400 CONTACT_REQ_MISSING' }
  },
  'contacts.deleteContacts': async (world) => {
    const { client, id } = await knowing(world, 'lost_removal')
    await client.contacts.addContact({ id, ...NAMES, phone: '' })
    return { client, call: () => client.contacts.deleteContacts({ id: [id] }), told: 'updates' }
  },
  'contacts.deleteByPhones': (world) =>
    settings(world, (client) => client.contacts.deleteByPhones({ phones: ['+9996620000'] })),
  'contacts.resetSaved': (world) => settings(world, (client) => client.contacts.resetSaved()),
  'contacts.block': async (world) => {
    const { client, id } = await knowing(world, 'lost_block')
    return {
      client,
      call: () => client.contacts.block({ id: { ...id, _: 'inputPeerUser' } }),
      told: true,
      async check() {
        const { blocked } = await client.contacts.getBlocked({ offset: 0, limit: 10 })
        assert.equal(blocked.length, 1)
      },
    }
  },
  'contacts.setBlocked': async (world) => {
    const { client, id } = await knowing(world, 'lost_block_list')
    return {
      client,
      call: () => client.contacts.setBlocked({ id: [{ ...id, _: 'inputPeerUser' }], limit: 10 }),
      told: true,
      async check() {
        const { blocked } = await client.contacts.getBlocked({ offset: 0, limit: 10 })
        assert.equal(blocked.length, 1)
      },
    }
  },
  'contacts.updateContactNote': async (world) => {
    const { client, id } = await knowing(world, 'lost_note')
    await client.contacts.addContact({ id, firstName: 'Bob', lastName: '', phone: '' })
    const note = { _: 'textWithEntities' as const, text: 'a note', entities: [] }
    return {
      client,
      call: () => client.contacts.updateContactNote({ id, note }),
      told: true,
      async check() {
        const { fullUser } = await client.users.getFullUser({ id })
        assert.equal(fullUser.note?.text, 'a note')
      },
    }
  },
  'contacts.toggleTopPeers': (world) =>
    settings(world, ({ contacts }) => contacts.toggleTopPeers({ enabled: false })),
  'contacts.resetTopPeerRating': (world) =>
    settings(world, ({ contacts }) =>
      contacts.resetTopPeerRating({ category: { _: 'topPeerCategoryGroups' }, peer: SELF }),
    ),
  'contacts.unblock': async (world) => {
    const { client, id } = await knowing(world, 'lost_unblock')
    const peer = { ...id, _: 'inputPeerUser' } as const
    await client.contacts.block({ id: peer })
    return { client, call: () => client.contacts.unblock({ id: peer }), told: true }
  },
  'messages.hidePeerSettingsBar': async (world) => {
    const { client, id } = await knowing(world, 'lost_bar')
    const peer = { ...id, _: 'inputPeerUser' } as const
    return {
      client,
      call: () => client.messages.hidePeerSettingsBar({ peer }),
      told: true,
      async check() {
        const { settings: bar } = await client.messages.getPeerSettings({ peer })
        assert.deepEqual(bar, { _: 'peerSettings' })
      },
    }
  },
}
