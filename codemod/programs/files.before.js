const { TelegramClient, Api } = require("telegram");
const { StringSession } = require("telegram/sessions");
const bigInt = require("big-integer");
const fs = require("fs");

async function main() {
  const client = new TelegramClient(new StringSession(""), 12345, "0123456789abcdef0123456789abcdef", { useWSS: false });
  await client.start({
    phoneNumber: "+9996623333",
    phoneCode: () => Promise.resolve("22222"),
    firstAndLastNames: async () => ["Eve", ""],
  });
  const message = await client.sendFile("me", {
    file: process.argv[2],
    caption: "a file",
    forceDocument: true,
    progressCallback: (share) => share === 1 && console.log("sent"),
  });
  const buffer = await client.downloadMedia(message);
  console.log(message.text, buffer.length, message.media instanceof Api.MessageMediaDocument);
  await client.downloadMedia(message, {
    outputFile: process.argv[3],
    progressCallback: (done, all) => console.log(done.toJSNumber(), Number(all)),
  });
  console.log(fs.readFileSync(process.argv[3], "utf8"));
  const entity = await client.getEntity("me");
  console.log(entity.firstName, entity.id > bigInt("1"));
  const peer = await client.getInputEntity("me");
  await client.invoke(new Api.messages.SetTyping({ peer, action: new Api.SendMessageTypingAction() }));
  await client.session.close();
  client.setParseMode("html");
  await client.destroy();
}

main();
