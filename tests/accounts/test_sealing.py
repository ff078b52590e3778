import pytest

from portal.accounts import sealing

NUMBER = "510104199001011234"
OLD, NEW = "old-key-" + "o" * 32, "new-key-" + "n" * 32


@pytest.fixture(autouse=True)
def _keys(settings):
    settings.PERSONAL_DATA_KEYS = [OLD]


def test_what_is_sealed_opens_again():
    assert sealing.unseal(sealing.seal("510:1", owner=7), owner=7) == "510:1"


def test_what_is_sealed_does_not_show():
    assert NUMBER not in sealing.seal(NUMBER, owner=7)


def test_the_same_number_never_looks_the_same():
    assert sealing.seal("5101", owner=7) != sealing.seal("5101", owner=7)


def test_it_does_not_open_in_somebody_elses_row():
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(sealing.seal("5101", owner=7), owner=8)


@pytest.mark.parametrize("sealed", ["", "x", "gAAAAA", "字"])
def test_what_was_tampered_with_does_not_open(sealed):
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(sealed, owner=7)


def test_an_unreadable_text_says_nothing():
    with pytest.raises(sealing.Unreadable) as refusal:
        sealing.unseal(sealing.seal("5101", owner=7), owner=8)
    assert (str(refusal.value), refusal.value.__suppress_context__) == ("", False)


def test_a_new_key_seals_while_the_old_one_opens(settings):
    sealed = sealing.seal("5101", owner=7)
    settings.PERSONAL_DATA_KEYS = [NEW, OLD]

    assert (sealing.unseal(sealed, owner=7), sealing.is_newest(sealed)) == ("5101", False)


def test_what_was_sealed_anew_opens_without_the_old_key(settings):
    sealed = sealing.seal("5101", owner=7)
    settings.PERSONAL_DATA_KEYS = [NEW, OLD]
    again = sealing.reseal(sealed)
    settings.PERSONAL_DATA_KEYS = [NEW]

    assert (sealing.unseal(again, owner=7), sealing.is_newest(again)) == ("5101", True)


def test_without_the_key_nothing_opens(settings):
    sealed = sealing.seal("5101", owner=7)
    settings.PERSONAL_DATA_KEYS = [NEW]

    with pytest.raises(sealing.Unreadable):
        sealing.unseal(sealed, owner=7)
