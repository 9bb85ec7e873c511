"""Password hashes."""

from __future__ import annotations

import pytest

from surveyapp.gateways import passwords


def test_the_right_password_is_accepted_and_another_is_not() -> None:
    hashed = passwords.hash_password("一个很长的口令 12345")
    assert passwords.verify_password(hashed, "一个很长的口令 12345")
    assert not passwords.verify_password(hashed, "一个很长的口令 12346")
    assert not passwords.verify_password(hashed, "")


def test_hashes_are_argon2id_with_a_salt_of_their_own() -> None:
    one, other = passwords.hash_password("same password"), passwords.hash_password("same password")
    assert one.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert one != other


def test_an_unknown_account_is_never_right() -> None:
    assert not passwords.verify_password(None, "anything at all")


def test_an_unknown_account_costs_a_hash_like_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []

    class Recorder:
        def verify(self, hashed: str, password: bytes) -> bool:
            verified.append(hashed)
            return True

    monkeypatch.setattr(passwords, "_HASHER", Recorder())
    assert not passwords.verify_password(None, "anything at all")
    assert passwords.verify_password("$known", "anything at all")
    assert len(verified) == 2
    assert verified[0].startswith("$argon2id$")


@pytest.mark.parametrize("stored", ["not a hash", "$2b$12$abcdefghijklmnopqrstuv", "$argon2id$v=19$m=1"])
def test_a_stored_text_that_is_no_argon2_hash_is_never_right(stored: str) -> None:
    assert not passwords.verify_password(stored, "anything at all")


def test_signs_after_a_nul_count_and_so_do_those_after_72_bytes() -> None:
    long = "x" * 80
    assert not passwords.verify_password(passwords.hash_password("secret\0one"), "secret\0two")
    assert not passwords.verify_password(passwords.hash_password(long + "1"), long + "2")


def test_full_width_signs_of_a_chinese_keyboard_are_the_same_password() -> None:
    assert passwords.verify_password(passwords.hash_password("Ｐａｓｓ１２３４５６７８"), "Pass12345678")


def test_an_overlong_password_is_refused_without_hashing_it() -> None:
    too_long = "x" * (passwords.MAXIMUM + 1)
    with pytest.raises(ValueError, match="1024"):
        passwords.hash_password(too_long)
    assert not passwords.verify_password(passwords.hash_password("x"), too_long)


def test_half_a_surrogate_pair_is_a_wrong_password_and_no_fault() -> None:
    assert not passwords.verify_password(passwords.hash_password("x"), "\ud800")


def test_a_hash_with_older_parameters_asks_to_be_made_again() -> None:
    weak = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzYWx0$Wm9vbQ"
    assert passwords.needs_rehash(weak)
    assert not passwords.needs_rehash(passwords.hash_password("x"))


def test_random_passwords_are_long_readable_and_never_the_same() -> None:
    drawn = {passwords.random_password() for _ in range(200)}
    assert len(drawn) == 200
    for password in drawn:
        assert len(password) == 23
        assert set(password) <= {*passwords.ALPHABET, "-"}
    assert not set(passwords.ALPHABET) & set("0O1lI5S8B")
