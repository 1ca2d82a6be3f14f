"""
Telethon 1.25 as Debian packages it (layer 144). The runner asks on standard input, a JSON line a verb; answers go to
descriptor 3 (contract.ts). Quirks that shape this file: a sign-up is a sign-in that was refused first; the MTProxy
classes wait two seconds whenever they connect.
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
from inspect import signature

from telethon import TelegramClient, errors, events, functions, network, types, utils
from telethon.crypto import rsa
from telethon.network.connection import tcpmtproxy
from telethon.errors.rpcerrorlist import rpc_errors_dict
from telethon.sessions import StringSession
from telethon.tl.functions.auth import (
    AcceptLoginTokenRequest,
    CheckRecoveryPasswordRequest,
    RecoverPasswordRequest,
    RequestPasswordRecoveryRequest,
    SignInRequest,
)
from telethon.tl.functions.users import GetUsersRequest
from telethon.tl.types import InputUserSelf

TRANSPORTS = {
    'full': network.ConnectionTcpFull,
    'abridged': network.ConnectionTcpAbridged,
    'intermediate': network.ConnectionTcpIntermediate,
    'obfuscated': network.ConnectionTcpObfuscated,
    'mtproxy': tcpmtproxy.ConnectionTcpMTProxyIntermediate,
    'mtproxy-abridged': tcpmtproxy.ConnectionTcpMTProxyAbridged,
    'padded': tcpmtproxy.ConnectionTcpMTProxyRandomizedIntermediate,
}
TRANSPORT = TRANSPORTS[sys.argv[1]]
SECRET = sys.argv[2] if len(sys.argv) > 2 else None
ANSWERS_FD = 3
CODE_WITHIN_MS = 30_000
SERVICE_USER_ID = 777000

server = None
client = None
qr_login = None
messages = asyncio.Queue()


async def open_(ask):
    global server, client
    server = ask['server']
    rsa.add_key(server['publicKeys'][0]['pem'], old=False)
    dc = server['dcs'][0]
    app = server['apps'][0]
    session = StringSession(ask.get('session'))
    session.set_dc(dc['id'], dc['host'], dc['port'])
    proxy = (dc['host'], dc['port'], SECRET) if SECRET else None
    client = TelegramClient(session, app['apiId'], app['apiHash'], connection=TRANSPORT, proxy=proxy)
    client.add_event_handler(on_message, events.NewMessage())
    client.add_event_handler(on_update, events.Raw())
    await client.connect()


async def try_code(ask):
    sent = await client.send_code_request(ask['phone'])
    await client(SignInRequest(ask['phone'], sent.phone_code_hash, ask['code']))


async def log_in(ask):
    login = ask['login']
    newest = inbox('', phone=login['phone'])['codes'][:1]
    after = {'afterId': newest[0]['id']} if newest else {}
    code = None
    typed = []

    def next_code():
        nonlocal code
        code = code or inbox('/wait', phone=login['phone'], timeoutMs=CODE_WITHIN_MS, **after)['code']
        typed.append(wrong(code, len(typed) + 1) if len(typed) < login['wrongCodes'] else code)
        return typed[-1]

    passwords = []

    def next_password():
        passwords.append(login['password'] if passwords else 'not ' + login['password'])
        return passwords[-1]

    await client.start(
        phone=login['phone'],
        code_callback=next_code,
        password=next_password if login.get('password') else no_password,
        first_name=login['firstName'],
        last_name=login['lastName'],
    )
    # A sign-up asks for the right code a second time.
    return len([each for each in typed if each != code]) + max(0, len(passwords) - 1)


def no_password():
    raise AssertionError('asked for a password the account does not have')


async def show_qr(ask):
    global qr_login
    qr = await client.qr_login()
    qr_login = asyncio.create_task(by_qr(qr, ask.get('password')))
    # It has to listen before the code is accepted.
    await asyncio.sleep(0)
    return qr.url


async def by_qr(qr, password):
    try:
        await qr.wait()
    except errors.SessionPasswordNeededError:
        try:
            await client.sign_in(password='not ' + password)
        except errors.PasswordHashInvalidError:
            await client.sign_in(password=password)


async def qr_done(ask):
    await qr_login


async def accept_qr(ask):
    query = urllib.parse.parse_qs(urllib.parse.urlparse(ask['url']).query)
    token = query['token'][0]
    await client(AcceptLoginTokenRequest(base64.urlsafe_b64decode(token + '=' * (-len(token) % 4))))


async def log_in_bot(ask):
    await client.start(bot_token=ask['token'])


async def set_password(ask):
    if 'email' not in ask:
        await client.edit_2fa(new_password=ask['password'], hint=ask['hint'])
        return
    await client.edit_2fa(
        new_password=ask['password'],
        hint=ask['hint'],
        email=ask['email'],
        email_code_callback=lambda length: newest_mail(ask['phone']),
    )


async def recover_password(ask):
    phone = ask['login']['phone']
    sent = await client.send_code_request(phone)
    code = next(each['code'] for each in inbox('', phone=phone)['codes'] if each['channel'] != 'email')
    try:
        await client.sign_in(phone, code, phone_code_hash=sent.phone_code_hash)
    except errors.SessionPasswordNeededError:
        await client(RequestPasswordRecoveryRequest())
        await client(CheckRecoveryPasswordRequest(newest_mail(phone)))
        await client(RecoverPasswordRequest(newest_mail(phone)))


def newest_mail(phone):
    return next(each['code'] for each in inbox('', phone=phone)['codes'] if each['channel'] == 'email')


async def on_message(event):
    await messages.put(event.raw_text)


async def heard(ask):
    return await messages.get()


async def service_chat(ask):
    [dialog] = [each for each in await client.get_dialogs() if each.id == SERVICE_USER_ID]
    chat = await client.get_messages(SERVICE_USER_ID, limit=100)
    return {'texts': [message.message for message in chat], 'unread': dialog.unread_count}


async def read_service_chat(ask):
    await client.send_read_acknowledge(SERVICE_USER_ID)


async def save_text(ask):
    await client.send_message('me', ask['text'])


async def saved_texts(ask):
    return [message.message for message in await client.get_messages('me', limit=100)]


async def on_update(update):
    heard = heard_of(update)
    if heard is not None:
        os.write(ANSWERS_FD, (json.dumps({'heard': heard}) + '\n').encode())


def heard_of(update):
    if isinstance(update, types.UpdateNewMessage):
        message = update.message
        heard = {'kind': 'message', 'out': bool(message.out), **said(message)}
        if message.reply_to is not None:
            heard['replyTo'] = message.reply_to.reply_to_msg_id
        if getattr(message, 'fwd_from', None) is not None:
            heard['isForward'] = True
        return {**heard, **media_in(message)}
    if isinstance(update, types.UpdateEditMessage):
        return {'kind': 'edit', **said(update.message)}
    if isinstance(update, types.UpdateDeleteMessages):
        return {'kind': 'delete', 'ids': update.messages}
    if isinstance(update, types.UpdateReadHistoryOutbox):
        return {'kind': 'read', 'chat': utils.get_peer_id(update.peer), 'upTo': update.max_id}
    if isinstance(update, types.UpdateUserTyping):
        return {'kind': 'typing', 'chat': update.user_id}
    if isinstance(update, types.UpdateChatUserTyping):
        return {'kind': 'typing', 'chat': -update.chat_id}
    if isinstance(update, types.UpdateMessageReactions):
        [first] = update.reactions.results[:1] or [None]
        if first is None:
            return None
        chat = utils.get_peer_id(update.peer)
        return {'kind': 'reaction', 'chat': chat, 'id': update.msg_id, 'emoji': emoji_of(first.reaction)}
    if isinstance(update, types.UpdateMessagePoll):
        return {'kind': 'votes', 'voters': update.results.total_voters or 0}
    return None


def media_in(message):
    album = getattr(message, 'grouped_id', None)
    heard = {} if album is None else {'album': str(album)}
    media = getattr(message, 'media', None)
    if isinstance(media, types.MessageMediaPhoto):
        return {**heard, 'media': 'photo'}
    if not isinstance(media, types.MessageMediaDocument):
        return heard
    audio = [each for each in media.document.attributes if isinstance(each, types.DocumentAttributeAudio)]
    return {**heard, 'media': 'voice' if audio and audio[0].voice else 'file'}


def emoji_of(reaction):
    # A string up to layer 144.
    return reaction if isinstance(reaction, str) else reaction.emoticon


def said(message):
    chat = utils.get_peer_id(message.peer_id)
    return {'chat': chat, 'id': message.id, 'text': getattr(message, 'message', None) or question_in(message)}


def question_in(message):
    media = getattr(message, 'media', None)
    if not isinstance(media, types.MessageMediaPoll):
        return ''
    question = media.poll.question
    return question if isinstance(question, str) else question.text


async def take_username(username):
    await client(functions.account.UpdateUsernameRequest(username))


async def find(username):
    return (await client.get_entity(username)).id


async def add_contact(phone, first_name):
    contact = types.InputPhoneContact(1, phone, first_name, '')
    return (await client(functions.contacts.ImportContactsRequest([contact]))).imported[0].user_id


async def write(chat, text, reply_to=None):
    return (await client.send_message(chat, text, reply_to=reply_to)).id


async def edit(chat, message, text):
    await client.edit_message(chat, message, text)


async def erase(chat, message):
    await client.delete_messages(chat, [message], revoke=True)


async def read(chat):
    await client.send_read_acknowledge(chat)


async def forward(chat, message, to):
    await client.forward_messages(to, message, chat)


async def type_(chat):
    await client(functions.messages.SetTypingRequest(chat, types.SendMessageTypingAction()))


async def react(chat, message, emoji):
    reaction = [types.ReactionEmoji(emoji)] if hasattr(types, 'ReactionEmoji') else emoji
    await client(functions.messages.SendReactionRequest(chat, message, reaction=reaction))


async def poll(chat, question, answers):
    options = [types.PollAnswer(formatted(text), bytes([index])) for index, text in enumerate(answers)]
    kept = {'hash': 0} if 'hash' in signature(types.Poll).parameters else {}
    media = types.InputMediaPoll(types.Poll(id=0, question=formatted(question), answers=options, **kept))
    return (await client.send_message(chat, file=media)).id


def formatted(text):
    # A string up to layer 179.
    return types.TextWithEntities(text, []) if hasattr(types, 'TextWithEntities') else text


async def vote(chat, message, answer):
    poll = (await client.get_messages(chat, ids=message)).media.poll
    await client(functions.messages.SendVoteRequest(chat, message, [poll.answers[answer].option]))


async def make_group(title, people):
    made = await client(functions.messages.CreateChatRequest(people, title))
    # messages.InvitedUsers has the updates inside from layer 177 on.
    updates = made if isinstance(made, types.Updates) else made.updates
    return -updates.chats[0].id


async def history(chat):
    messages_ = await client.get_messages(chat, limit=100)
    return [{'id': each.id, 'text': each.message or ''} for each in messages_]


async def send_media(chat, media):
    how = {'force_document': media['kind'] == 'file', 'voice_note': media['kind'] == 'voice'}
    return (await client.send_file(chat, media['path'], caption=media['caption'], **how)).id


async def send_album(chat, items):
    await client.send_file(chat, [each['path'] for each in items], caption=[each['caption'] for each in items])


async def download(chat, message, path):
    with open(path, 'wb') as file:
        await client.download_media(await client.get_messages(chat, ids=message), file)


async def set_avatar(path):
    await client(functions.photos.UploadProfilePhotoRequest(file=await client.upload_file(path)))


async def download_avatar(user, path):
    [now] = await client(GetUsersRequest([await client.get_input_entity(user)]))
    with open(path, 'wb') as file:
        await client.download_profile_photo(now, file)


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
    # get_me answers None for every refusal with 401; this is the question it asks.
    [user] = await client(GetUsersRequest([InputUserSelf()]))
    return {'id': str(user.id), 'phone': user.phone, 'firstName': user.first_name}


async def dc_(ask):
    return client.session.dc_id


async def session_(ask):
    return client.session.save()


async def log_out(ask):
    await client.log_out()


async def close(ask):
    await client.disconnect()


VERBS = {
    'open': open_,
    'tryCode': try_code,
    'logIn': log_in,
    'showQr': show_qr,
    'qrDone': qr_done,
    'acceptQr': accept_qr,
    'logInBot': log_in_bot,
    'setPassword': set_password,
    'recoverPassword': recover_password,
    'heard': heard,
    'serviceChat': service_chat,
    'readServiceChat': read_service_chat,
    'saveText': save_text,
    'savedTexts': saved_texts,
    'talk': talk,
    'me': me,
    'dc': dc_,
    'session': session_,
    'logOut': log_out,
    'close': close,
}


def inbox(path, **query):
    url = '%s/api/codes%s?%s' % (server['console'], path, urllib.parse.urlencode(query))
    with urllib.request.urlopen(url) as response:
        return json.load(response)


def wrong(code, step):
    """A code of the same length that is not this one."""
    return code[:-1] + str((int(code[-1]) + step) % 10)


async def answer_to(ask):
    try:
        return {'value': await VERBS[ask['verb']](ask)}
    except errors.RPCError as error:
        return {'refusal': {'code': error.code, 'text': text_of(error), 'own': True}}
    except Exception:
        return {'failure': traceback.format_exc()}


def text_of(error):
    """The server's words: of an error it has a class for, Telethon keeps only the class."""
    return next((text for text, of in rpc_errors_dict.items() if type(error) is of), error.message)


async def main():
    loop = asyncio.get_running_loop()
    while True:
        line = await loop.run_in_executor(None, sys.stdin.readline)
        if not line:
            os._exit(0)
        answer = await answer_to(json.loads(line))
        os.write(ANSWERS_FD, (json.dumps(answer) + '\n').encode())


logging.basicConfig(level=logging.WARNING)
asyncio.run(main())
