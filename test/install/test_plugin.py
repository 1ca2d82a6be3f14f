"""What the fixtures of pytest-cablegram promise."""

import pytest
from pytest_cablegram import CablegramError


def test_address_key_and_app(cablegram):
    assert cablegram.host == "127.0.0.1" and cablegram.port > 0 and cablegram.dc_id == 2
    assert cablegram.public_key.startswith("-----BEGIN RSA PUBLIC KEY-----")
    assert -(2**63) <= cablegram.fingerprint < 2**63
    assert cablegram.api_id > 0 and len(cablegram.api_hash) == 32


def test_users_and_codes(cablegram, cablegram_user):
    assert [user.phone for user in cablegram.users.list()] == [cablegram_user.phone]
    grace = cablegram.users.create("+9996621111", "Grace", "Hopper", password="correct horse")
    assert (grace.first_name, grace.last_name) == ("Grace", "Hopper")
    assert cablegram.codes.list() == []
    with pytest.raises(CablegramError) as refused:
        cablegram.codes.wait(grace.phone, within_s=0.05)
    assert refused.value.code == "CODE_TIMEOUT"


def test_a_test_finds_nothing_of_the_one_before(cablegram):
    assert cablegram.users.list() == []
    assert cablegram.faults.list() == []


def test_faults(cablegram):
    fault = cablegram.faults.error("auth.sendCode", 420, "FLOOD_WAIT_30")
    assert [each["id"] for each in cablegram.faults.list()] == [fault]
    cablegram.faults.remove(fault)
    assert cablegram.faults.list() == []


def test_the_clock(cablegram):
    cablegram.clock.advance(300)
    assert cablegram.ask("GET", "/api/clock")["aheadS"] == 300


def test_the_clock_is_reset(cablegram):
    assert cablegram.ask("GET", "/api/clock")["aheadS"] == 0


def test_a_refusal_says_why(cablegram):
    with pytest.raises(CablegramError, match="PHONE_NUMBER_INVALID"):
        cablegram.users.create("12")


def test_a_refusal_says_what_to_do_next(cablegram):
    with pytest.raises(CablegramError, match="No account has this .* List the accounts: "):
        cablegram.people.get("@nobody_here")


def test_people_talk(cablegram):
    ada, bob = cablegram.people.create("Ada", username="ada_test"), cablegram.people.create("Bob")
    bob.send("me", "a note, so that ids differ")
    sent = ada.send(bob, "Hello")
    received = bob.next(sender=ada)
    assert (received.text, received.sender.username, received.is_out) == ("Hello", "ada_test", False)
    reply = bob.send(received.chat, "Hi", reply_to=sent)
    assert reply.reply_to == received.id
    assert [each.text for each in ada.messages(bob)] == ["Hello", "Hi"]
    assert bob.react(sent, "👍").raw["reactions"] == [{"emoji": "👍", "count": 1, "isOwn": True}]
    assert ada.next_event("reaction").message.id == sent.id
    ada.edit(sent, "Hello, Bob")
    assert bob.next_event("edit", sender=ada).message.text == "Hello, Bob"
    ada.delete(sent)
    assert [each.text for each in bob.messages(ada)] == ["Hi"]


def test_each_message_is_given_once(cablegram):
    ada, bob, cleo = (cablegram.people.create(name) for name in ("Ada", "Bob", "Cleo"))
    bob.send(ada, "b")
    cleo.send(ada, "c")
    assert [ada.next(sender=cleo).text, ada.next().text] == ["c", "b"]
    with pytest.raises(CablegramError, match="no message came to Ada") as refused:
        ada.next(within_s=0.05)
    assert refused.value.code == "MESSAGE_TIMEOUT"
    again = cablegram.people.get(ada.phone)
    bob.send(again, "new")
    assert again.next().text == "new"


def test_a_bot_and_its_buttons(cablegram):
    ada, bot = cablegram.people.create("Ada"), cablegram.people.create("Keys", bot=True)
    assert bot.is_bot and bot.token.startswith("%d:" % bot.id)
    with pytest.raises(CablegramError, match="PEER_ID_INVALID"):
        bot.send(ada, "too early")
    ada.start(bot, "a-payload")
    assert bot.next().text == "/start a-payload"
    bot.send(ada, "Sure?", buttons=[[{"text": "Page", "url": "https://example.org"}]])
    question = ada.next()
    assert question.buttons == [["Page"]]
    assert ada.press(question, "Page") == {"kind": "page", "url": "https://example.org"}


def test_a_bot_without_a_client_is_never_idle(cablegram):
    bot = cablegram.people.create("Keys", bot=True)
    assert bot.calls() == []
    with pytest.raises(CablegramError, match="Keys has no client that is connected") as refused:
        bot.idle(within_s=0.05)
    assert refused.value.code == "IDLE_TIMEOUT"


def test_groups_polls_and_blocks(cablegram):
    ada, bob, cleo = (cablegram.people.create(name) for name in ("Ada", "Bob", "Cleo"))
    group = ada.create_group("Tea", bob)
    assert cleo.join(ada.link(group)).id == group.id < 0
    media = {"kind": "poll", "question": "Tea?", "answers": ["Yes", "No"]}
    poll = ada.send(group, media=media)
    assert cleo.vote(poll, "Yes").raw["media"]["totalVoters"] == 1
    bob.leave(group)
    bob.block(ada)
    with pytest.raises(CablegramError) as refused:
        ada.send(bob, "x")
    assert refused.value.code == "USER_IS_BLOCKED"
    assert {each.first_name for each in cablegram.people.list()} == {"Ada", "Bob", "Cleo"}


def test_people_send_files(cablegram, tmp_path):
    ada, bob = cablegram.people.create("Ada"), cablegram.people.create("Bob")
    sent = ada.send(bob, "A picture", media="photo")
    received = bob.next(media="photo")
    assert (received.text, received.media["kind"], received.media["width"]) == ("A picture", "photo", 320)
    assert bob.download(received) == ada.download(sent) == bob.download(sent)
    report = tmp_path / "report.txt"
    report.write_bytes(b"All is well.")
    ada.send(bob, file=report)
    named = bob.next(media="file")
    assert (named.media["fileName"], bob.download(named)) == ("report.txt", b"All is well.")
    album = ada.send_album(bob, "photo", {"kind": "photo", "fileName": "b.jpg"}, text="Both")
    assert [each.text for each in album] == ["Both", ""]
    assert len({each.raw["albumId"] for each in album}) == 1
    ada.send(bob, file=bytes(100_000), media={"kind": "voice", "durationS": 3})
    assert bob.next(media="voice").media["durationS"] == 3
