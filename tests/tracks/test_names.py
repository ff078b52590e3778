import pytest

from tracks.names import by_pinyin


def test_names_stand_in_the_order_of_pinyin():
    assert sorted(["张立", "李志远", "王雪梅", "安娜", "陈静"], key=by_pinyin) == [
        "安娜",
        "陈静",
        "李志远",
        "王雪梅",
        "张立",
    ]


@pytest.mark.parametrize(
    ("family", "before", "after"),
    [("曾", "袁", "张"), ("单", "任", "石"), ("解", "吴", "徐"), ("仇", "彭", "任")],
)
def test_a_family_name_is_read_as_one(family, before, after):
    names = [f"{family}强", f"{after}强", f"{before}强"]

    assert sorted(names, key=by_pinyin) == [f"{before}强", f"{family}强", f"{after}强"]


def test_a_short_name_comes_before_a_longer_one():
    assert sorted(["李雷雷", "李雷"], key=by_pinyin) == ["李雷", "李雷雷"]


def test_names_in_latin_letters_find_their_place():
    assert sorted(["张立", "Anna Li", "陈静"], key=by_pinyin) == ["Anna Li", "陈静", "张立"]


def test_names_that_sound_alike_always_stand_in_the_same_order():
    assert sorted(["李磊", "李雷"], key=by_pinyin) == sorted(["李雷", "李磊"], key=by_pinyin)


@pytest.mark.parametrize("name", ["", "😀", "Ж", "〇"])
def test_whatever_is_a_name_has_a_place(name):
    assert by_pinyin(name)[-1] == name
