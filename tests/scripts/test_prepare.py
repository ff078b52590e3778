import subprocess

import pytest

from scripts import prepare


@pytest.fixture
def no_apt(monkeypatch):
    monkeypatch.setattr(prepare, "apt_command", lambda: None)


@pytest.fixture
def missing(monkeypatch):
    """Redis is not installed; everything else is."""
    there = {name: (lambda: True, packages) for name, (_, packages) in prepare.TESTS.items()}
    tools = {**there, "Redis": (lambda: False, ["redis-server"])}
    monkeypatch.setattr(prepare, "TESTS", tools)


@pytest.mark.usefixtures("no_apt", "missing")
def test_tests_that_lack_a_tool_fail_and_name_it():
    with pytest.raises(prepare.CannotPrepareError) as refused:
        prepare.ensure_test_tools()

    assert str(refused.value) == (
        "The tests need Redis, which can't be installed from here; type: sudo apt-get install -y redis-server"
    )


@pytest.mark.usefixtures("no_apt")
def test_a_portal_without_pango_runs_and_says_how_to_have_pdfs(monkeypatch, capsys):
    monkeypatch.setattr(prepare, "PDF", {"Pango": (lambda: False, ["libpango-1.0-0", "libpangoft2-1.0-0"])})

    prepare.ensure_pdf_tools()

    assert capsys.readouterr().out.splitlines() == [
        "Pango missing: PDFs can't be made. Everything else runs. To have them, type",
        "    sudo apt-get install -y libpango-1.0-0 libpangoft2-1.0-0",
    ]


def test_what_is_missing_is_installed_when_permitted(monkeypatch):
    installed = []
    tools = {"Redis": (lambda: bool(installed), ["redis-server"])}
    monkeypatch.setattr(prepare, "TESTS", tools)
    monkeypatch.setattr(prepare, "install_packages", installed.extend)

    assert (prepare.ensure(tools), installed) == ([], ["redis-server"])


@pytest.mark.parametrize(("sudo_answers", "command"), [(0, ["sudo", "-n", "apt-get"]), (1, None)])
def test_packages_are_installed_only_without_a_password(monkeypatch, sudo_answers, command):
    monkeypatch.setattr(prepare.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(prepare.shutil, "which", lambda name: f"/usr/bin/{name}")
    answer = subprocess.CompletedProcess([], sudo_answers)
    monkeypatch.setattr(prepare.subprocess, "run", lambda *args, **options: answer)

    assert prepare.apt_command() == command


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(prepare.CannotPrepareError, match=r"^Can't write to .*/file/var: Not a directory\.$"):
        prepare.ensure_writable(tmp_path / "file" / "var")


@pytest.fixture
def project(monkeypatch, tmp_path):
    """A project whose lock was installed, and that has no pip to install it again."""
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    (tmp_path / prepare.RUNTIME).write_text("django==5.2.19")
    monkeypatch.setattr(prepare, "ROOT", tmp_path)
    monkeypatch.setattr(prepare, "PYTHON", python)
    monkeypatch.setattr(prepare, "STAMP", tmp_path / ".venv" / "installed.json")
    prepare.STAMP.write_text(f'{{"{prepare.RUNTIME}": "{prepare.digest(prepare.RUNTIME)}"}}')
    monkeypatch.setattr(prepare, "ensure_venv", lambda: pytest.fail("installs again"))
    return tmp_path


@pytest.mark.usefixtures("project")
def test_an_installed_lock_is_not_installed_again():
    assert prepare.ensure_dependencies(prepare.RUNTIME) is None


def test_a_changed_lock_is_installed_again(project):
    (project / prepare.RUNTIME).write_text("django==5.2.20")

    with pytest.raises(pytest.fail.Exception, match="installs again"):
        prepare.ensure_dependencies(prepare.RUNTIME)
