"""
Pyrogram and its fork Kurigram, for talking only (talks.ts). Quirks that shape this file: the address of a data centre is compiled
in, so each connection gets the server's; `start` reads the code from the terminal, so its steps are taken one by one.
"""

import asyncio
import base64
import json
import logging
import os
import sys
import traceback
import urllib.parse
import urllib.request

from pyrogram import Client, errors, raw, types, utils
from pyrogram.connection import Connection
from pyrogram.crypto import rsa
from pyrogram.handlers import RawUpdateHandler

ANSWERS_FD = 3
# The modulus of a PKCS#1 key of 2048 bits.
MODULUS = slice(9, 9 + 256)

server = None
client = None


async def open_(ask):
    global server, client
    server = ask['server']
    key = server['publicKeys'][0]
    der = base64.b64decode(''.join(key['pem'].strip().split('\n')[1:-1]))
    fingerprint = int(key['fingerprint'], 16)
    modulus = int.from_bytes(der[MODULUS], 'big')
    rsa.server_public_keys.clear()
    rsa.server_public_keys[fingerprint - (1 << 64 if fingerprint >> 63 else 0)] = rsa.PublicKey(modulus, 65537)
    lead_to(server['dcs'][0])
    app = server['apps'][0]
    session = ask.get('session')
    client = Client('interop', app['apiId'], app['apiHash'], session_string=session, in_memory=True)
    client.add_handler(RawUpdateHandler(on_update))
    if session:
        await client.start()
    else:
        await client.connect()


def lead_to(dc):
    init = Connection.__init__

    def init_there(self, *args, **kwargs):
        init(self, *args, **kwargs)
        self.address = (dc['host'], dc['port'])
        self.server_address, self.port = self.address

    Connection.__init__ = init_there


async def log_in(ask):
    phone = ask['login']['phone']
    sent = await client.send_code(phone)
    code = inbox('', phone=phone)['codes'][0]['code']
    await client.sign_in(phone, sent.phone_code_hash, code)
    await client.invoke(raw.functions.updates.GetState())
    client.me = await client.get_me()
    await client.initialize()
    return 0


async def on_update(_client, update, _users, _chats):
    heard = heard_of(update)
    if heard is not None:
        os.write(ANSWERS_FD, (json.dumps({'heard': heard}) + '\n').encode())


def heard_of(update):
    if isinstance(update, raw.types.UpdateNewMessage):
        message = update.message
        heard = {'kind': 'message', 'out': bool(message.out), **said(message)}
        if message.reply_to is not None:
            heard['replyTo'] = message.reply_to.reply_to_msg_id
        if getattr(message, 'fwd_from', None) is not None:
            heard['isForward'] = True
        return {**heard, **media_in(message)}
    if isinstance(update, raw.types.UpdateEditMessage):
        return {'kind': 'edit', **said(update.message)}
    if isinstance(update, raw.types.UpdateDeleteMessages):
        return {'kind': 'delete', 'ids': list(update.messages)}
    if isinstance(update, raw.types.UpdateReadHistoryOutbox):
        return {'kind': 'read', 'chat': utils.get_peer_id(update.peer), 'upTo': update.max_id}
    if isinstance(update, raw.types.UpdateUserTyping):
        return {'kind': 'typing', 'chat': update.user_id}
    if isinstance(update, raw.types.UpdateChatUserTyping):
        return {'kind': 'typing', 'chat': -update.chat_id}
    if isinstance(update, raw.types.UpdateMessageReactions) and update.reactions.results:
        emoji = update.reactions.results[0].reaction.emoticon
        return {'kind': 'reaction', 'chat': utils.get_peer_id(update.peer), 'id': update.msg_id, 'emoji': emoji}
    if isinstance(update, raw.types.UpdateMessagePoll):
        return {'kind': 'votes', 'voters': update.results.total_voters or 0}
    return None


def media_in(message):
    album = getattr(message, 'grouped_id', None)
    heard = {} if album is None else {'album': str(album)}
    media = getattr(message, 'media', None)
    if isinstance(media, raw.types.MessageMediaPhoto):
        return {**heard, 'media': 'photo'}
    if not isinstance(media, raw.types.MessageMediaDocument):
        return heard
    audio = [each for each in media.document.attributes if isinstance(each, raw.types.DocumentAttributeAudio)]
    return {**heard, 'media': 'voice' if audio and audio[0].voice else 'file'}


def said(message):
    chat = utils.get_peer_id(message.peer_id)
    return {'chat': chat, 'id': message.id, 'text': getattr(message, 'message', None) or question_in(message)}


def question_in(message):
    media = getattr(message, 'media', None)
    if not isinstance(media, raw.types.MessageMediaPoll):
        return ''
    question = media.poll.question
    # Formatted from layer 180 on.
    return question if isinstance(question, str) else question.text


async def take_username(username):
    await client.set_username(username)


async def find(username):
    found = await client.resolve_peer(username)
    # These send the peer of the chat where the schema has InputUser, as `create_group` does.
    return (await client.get_users(found.user_id)).id


async def add_contact(phone, first_name):
    contact = raw.types.InputPhoneContact(client_id=1, phone=phone, first_name=first_name, last_name='')
    imported = await client.invoke(raw.functions.contacts.ImportContacts(contacts=[contact]))
    await client.fetch_peers(imported.users)
    return imported.imported[0].user_id


async def write(chat, text, reply_to=None):
    peer = await client.resolve_peer(chat)
    reply = {}
    if reply_to is not None:
        try:
            reply = {'reply_to': raw.types.InputReplyToMessage(reply_to_msg_id=reply_to)}
        except AttributeError:
            # Up to layer 158.
            reply = {'reply_to_msg_id': reply_to}
    sent = await client.invoke(
        raw.functions.messages.SendMessage(peer=peer, message=text, random_id=client.rnd_id(), **reply)
    )
    if isinstance(sent, raw.types.UpdateShortSentMessage):
        return sent.id
    return next(each.id for each in sent.updates if isinstance(each, raw.types.UpdateMessageID))


async def edit(chat, message, text):
    await client.edit_message_text(chat, message, text)


async def erase(chat, message):
    await client.delete_messages(chat, message, revoke=True)


async def read(chat):
    await client.read_chat_history(chat)


async def forward(chat, message, to):
    await client.forward_messages(to, chat, message)


async def type_(chat):
    peer = await client.resolve_peer(chat)
    await client.invoke(raw.functions.messages.SetTyping(peer=peer, action=raw.types.SendMessageTypingAction()))


async def react(chat, message, emoji):
    await client.send_reaction(chat, message, emoji)


async def poll(chat, question, answers):
    return (await client.send_poll(chat, question, answers)).id


async def vote(chat, message, answer):
    await client.vote_poll(chat, message, answer)


async def make_group(title, people):
    return (await client.create_group(title, people)).id


async def history(chat):
    return [{'id': each.id, 'text': each.text or ''} async for each in client.get_chat_history(chat, limit=100)]


async def send_media(chat, media):
    send = {'photo': client.send_photo, 'voice': client.send_voice, 'file': client.send_document}[media['kind']]
    return (await send(chat, media['path'], caption=media['caption'])).id


async def send_album(chat, items):
    await client.send_media_group(chat, [types.InputMediaPhoto(each['path'], each['caption']) for each in items])


async def download(chat, message, path):
    await client.download_media(await client.get_messages(chat, message), file_name=path)


async def set_avatar(path):
    # Kurigram warns of a plain path.
    static = getattr(types, 'InputChatPhotoStatic', None)
    await client.set_profile_photo(photo=static(path) if static else path)


async def download_avatar(user, path):
    await client.download_media((await client.get_users(user)).photo.big_file_id, file_name=path)


TALKS = {
    'takeUsername': take_username,
    'find': find,
    'addContact': add_contact,
    'write': write,
    'edit': edit,
    'erase': erase,
    'read': read,
    'forward': forward,
    'type': type_,
    'react': react,
    'poll': poll,
    'vote': vote,
    'makeGroup': make_group,
    'history': history,
    'sendMedia': send_media,
    'sendAlbum': send_album,
    'download': download,
    'setAvatar': set_avatar,
    'downloadAvatar': download_avatar,
}


async def talk(ask):
    return await TALKS[ask['act']](*ask['with'])


async def me(ask):
    user = await client.get_me()
    return {'id': str(user.id), 'phone': user.phone_number, 'firstName': user.first_name}


async def session_(ask):
    return await client.export_session_string()


async def close(ask):
    await client.stop()


VERBS = {'open': open_, 'logIn': log_in, 'talk': talk, 'me': me, 'session': session_, 'close': close}


def inbox(path, **query):
    url = '%s/api/codes%s?%s' % (server['console'], path, urllib.parse.urlencode(query))
    with urllib.request.urlopen(url) as response:
        return json.load(response)


async def answer_to(ask):
    try:
        return {'value': await VERBS[ask['verb']](ask)}
    except errors.RPCError as error:
        return {'refusal': {'code': error.CODE, 'text': error.ID or str(error), 'own': True}}
    except Exception:
        return {'failure': traceback.format_exc()}


async def main():
    loop = asyncio.get_running_loop()
    while True:
        line = await loop.run_in_executor(None, sys.stdin.readline)
        if not line:
            os._exit(0)
        answer = await answer_to(json.loads(line))
        os.write(ANSWERS_FD, (json.dumps(answer) + '\n').encode())


logging.basicConfig(level=logging.WARNING)
asyncio.get_event_loop().run_until_complete(main())
