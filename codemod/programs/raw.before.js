const { TelegramClient, Api } = require("telegram");
const { StringSession } = require("telegram/sessions");
const { Logger, LogLevel } = require("telegram/extensions/Logger");
const { ConnectionTCPAbridged } = require("telegram/network");
const bigInt = require("big-integer");

const client = new TelegramClient(new StringSession(""), 12345, "0123456789abcdef0123456789abcdef", {
  connectionRetries: 5,
  connection: ConnectionTCPAbridged,
  baseLogger: new Logger(LogLevel.NONE),
  timeout: 10,
});
client.setLogLevel(LogLevel.NONE);

(async () => {
  client.setLogLevel("error");
  await client.start({
    phoneNumber: "+9996625555",
    phoneCode: async () => "22222",
    firstAndLastNames: async () => ["Ann", ""],
  });
  await client.invoke(new Api.messages.SendMessage({ peer: "me", message: "one", randomId: bigInt(1) }));
  const me = await client.getEntity("me");
  await client.invoke(new Api.messages.SendMessage({ peer: me, message: "two", randomId: bigInt(2) }));
  await client.invoke(new Api.messages.SetTyping({ peer: "mary_test", action: new Api.SendMessageTypingAction() }));
  await client.invoke(new Api.messages.SendMessage({ peer: "me", message: "three" }));
  const history = await client.invoke(
    new Api.messages.GetHistory({
      peer: "me",
      hash: bigInt.zero,
      limit: 5,
    })
  );
  console.log(history.messages.map((each) => each.message).join());
  const users = await client.invoke(new Api.users.GetUsers({ id: ["me", "mary_test"] }));
  console.log(users.map((user) => user.firstName).join());
  const [message] = await client.getMessages("me", { limit: 1 });
  await client.invoke(new Api.messages.UpdatePinnedMessage({ peer: message.peerId, id: message.id }));
  const sent = await client.sendFile("me", { file: [process.argv[2], process.argv[3]], caption: ["**first**", "second"] });
  console.log(sent[0].message, sent[1].message);
  await client.destroy();
})();
