const { fromMarkdown, memorySession, TelegramClient } = require('@cablegram/client')

const client = new TelegramClient(memorySession(), { apiId: 12345, apiHash: "0123456789abcdef0123456789abcdef", framing: 'abridged' });

(async () => {
  await client.start({
    phone: async () => "+9996625555",
    code: async () => "22222",
    name: async () => {
      const [firstName, lastName] = await (async () => ["Ann", ""])()
      return { firstName, lastName }
    },
  });
  await client.messages.sendMessage({ peer: { _: 'inputPeerSelf' }, message: "one", randomId: BigInt(1) });
  const me = await client.resolve('me');
  await client.messages.sendMessage({ peer: me.inputPeer, message: "two", randomId: BigInt(2) });
  await client.messages.setTyping({ peer: (await client.resolve('@mary_test')).inputPeer, action: { _: 'sendMessageTypingAction' } });
  await client.messages.sendMessage({ peer: { _: 'inputPeerSelf' }, message: "three", randomId: new DataView(crypto.getRandomValues(new Uint8Array(8)).buffer).getBigInt64(0) });
  const history = await client.messages.getHistory({
      peer: { _: 'inputPeerSelf' },
      hash: 0n,
      limit: 5,
      offsetId: 0,
      offsetDate: 0,
      addOffset: 0,
      maxId: 0,
      minId: 0,
    });
  console.log(history.messages.map((each) => each.message).join());
  const users = await client.users.getUsers({ id: [{ _: 'inputUserSelf' }, { ...(await client.resolve('@mary_test')).inputPeer, _: 'inputUser' }] });
  console.log(users.map((user) => user.firstName).join());
  const [message] = await Array.fromAsync(client.history('me', { limit: 1 }));
  await client.messages.updatePinnedMessage({ peer: message.chat.inputPeer, id: message.id });
  const sent = await client.sendAlbum('me', [{ file: process.argv[2], caption: fromMarkdown("**first**") }, { file: process.argv[3], caption: "second" }]);
  console.log(sent[0].text, sent[1].text);
  await client.close();
})();
