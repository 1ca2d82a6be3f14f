const { memorySession, TelegramClient } = require('@cablegram/client')
const fs = require("fs");

async function main() {
  const client = new TelegramClient(memorySession(), { apiId: 12345, apiHash: "0123456789abcdef0123456789abcdef" });
  await client.start({
    phone: async () => "+9996623333",
    code: () => Promise.resolve("22222"),
    name: async () => {
      const [firstName, lastName] = await (async () => ["Eve", ""])()
      return { firstName, lastName }
    },
  });
  const message = await client.sendFile('me', process.argv[2], { asDocument: true, caption: "a file", onProgress: (doneBytes, totalBytes) => ((share) => share === 1 && console.log("sent"))(totalBytes ? doneBytes / totalBytes : 0) });
  const buffer = await Array.fromAsync(client.download(message)).then((parts) => Buffer.concat(parts));
  console.log(message.text, buffer.length, message.media?._ === 'messageMediaDocument');
  await client.download(message, process.argv[3], { onProgress: (done, all) => console.log(Number(done), Number(all)) });
  console.log(fs.readFileSync(process.argv[3], "utf8"));
  const entity = await client.resolve('me');
  console.log(entity.firstName, entity.id > 1n);
  const peer = await client.resolve('me').then(({ inputPeer }) => inputPeer);
  await client.messages.setTyping({ peer, action: { _: 'sendMessageTypingAction' } });
  // TODO(cablegram): the client keeps its session. Guide "Coming from GramJS", Sessions and login
  await client.session.close();
  // TODO(cablegram): setParseMode has another form, or none. Guide "Coming from GramJS", Every call
  client.setParseMode("html");
  await client.close();
}

main();
