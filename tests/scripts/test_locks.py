from scripts import locks


def test_names_are_compared_as_pip_compares_them():
    assert locks.pins(["django_csp==4.0 \\", 'Django-CSP==4.0 ; python_version < "4"']) == {("django-csp", "4.0")}


def test_an_extra_is_not_part_of_the_name():
    assert locks.pins(["celery[redis]==5.7.0"]) == {("celery", "5.7.0")}


def test_a_pin_that_a_lock_lacks_is_named(monkeypatch):
    complete = locks.locked
    monkeypatch.setattr(locks, "locked", lambda name: {pin for pin in complete(name) if pin[0] != "segno"})

    assert [problem.split("==")[0] for problem in locks.problems()] == ["requirements.lock lacks segno"]


def test_no_lock_names_a_host():
    text = "".join((locks.ROOT / name).read_text() for name in ("requirements.lock", "requirements-production.lock"))

    assert "://" not in text
