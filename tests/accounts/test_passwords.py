import ast
from pathlib import Path

import pytest
import zxcvbn.feedback
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import translation

from portal.accounts.models import User
from portal.accounts.passwords import SUGGESTIONS, WARNINGS
from tests.race import race

PERSON = User(full_name="李雷 Lilei", email="lilei@shuguang-keji.example.cn")
WEAK = [
    "woaini1314",
    "woaini5201314",
    "wodemima123",
    "zhongguo2026",
    "chengdu2026",
    "Chengdu2026!",
    "shuju2026yaosu",
    "qwertyuiop",
    "1qaz2wsx3edc",
    "aaaaaaaaaaaa",
    "abcabcabcabc",
    "Password123!",
    "P@ssw0rd2026",
    "admin@2026",
    "lilei19900101",
    "shuguang-keji",
    "数据要素×大赛2026",
    "春眠不觉晓春眠不觉晓",
]
STRONG = [
    "sunflower-quay-77",
    "yi-ge-hen-chang-de-mi-ma",
    "海棠花溪北门公交末班车",
    "tT7#kq9!Lm2z",
    "正确 马 电池 订书钉 灯塔",
    "😀🦭🌊🪁🧭🪵🫖🥁🪄🧊",
]


def objections(password, person=PERSON):
    try:
        validate_password(password, person)
    except ValidationError as error:
        return error.messages
    return []


@pytest.mark.parametrize("password", WEAK)
def test_what_can_be_guessed_is_refused(password):
    assert objections(password)


@pytest.mark.parametrize("password", STRONG)
def test_what_can_not_be_guessed_is_accepted(password):
    assert objections(password) == []


@pytest.mark.parametrize("password", WEAK)
def test_advice_is_chinese_and_ends_with_what_to_do(password):
    with translation.override("zh-hans"):
        said = objections(password)

    assert all(any("\u4e00" <= char <= "\u9fff" for char in sentence) for sentence in said)
    assert said[-1].startswith("请再加一两个互不相干的词")


@pytest.mark.parametrize("password", ["short", "2026112514", "x" * 129])
def test_one_objection_at_a_time_is_enough(password):
    assert len(objections(password)) == 1


def test_ones_own_name_is_named_as_the_reason():
    with translation.override("zh-hans"):
        assert "别人最先会试的就是您的姓名、邮箱和本站名称。" in objections("lilei-lilei-1")


def test_somebody_elses_name_is_no_objection():
    assert objections("wenqing-marmot-12", PERSON) == []
    assert objections("wenqing-marmot-12", User(full_name="wenqing marmot", email="w@example.cn"))


def test_nobodys_words_get_into_the_judgement_of_another():
    """zxcvbn keeps the words of a call in a table of its own; many at once must not mix them up."""
    names = [f"zhulinyuan{letter}" for letter in "abcdefgh"]

    def judge(number):
        return bool(objections("zhulinyuana-2031", User(full_name=names[number], email="x@example.cn")))

    assert race([lambda number=number: judge(number) for number in range(8)] * 3) == ([True] + [False] * 7) * 3


def test_whatever_the_judge_says_has_words_of_ours():
    """Read where it says it: a new sentence of a later version is noticed here."""
    source = Path(zxcvbn.feedback.__file__).read_text(encoding="utf-8")
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    said = {
        node.args[0].value
        for node in calls
        if isinstance(node.func, ast.Name) and node.func.id == "_" and isinstance(node.args[0], ast.Constant)
    }
    general = {
        "Use a few words, avoid common phrases.",
        "No need for symbols, digits, or uppercase letters.",
        "Add another word or two. Uncommon words are better.",
    }

    assert said - general == {*WARNINGS, *SUGGESTIONS}
