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
