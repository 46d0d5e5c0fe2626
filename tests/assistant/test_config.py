"""Settings: where they come from, and what is said of wrong ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from segue.assistant.config import Settings, read_settings, settings_file, unknown_variables
from segue.assistant.log import LOG_BYTES, note_fault, without_keys
from segue.assistant.provider import open_provider
from segue.tools.errors import DefinitionError, ProviderError


def write(home: Path, text: str) -> dict[str, str]:
    """A settings file; returns the environment that finds it."""
    env = {"XDG_CONFIG_HOME": str(home)}
    file = settings_file(env)
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    return env


def test_the_default_is_the_builtin_chat_model(tmp_path: Path) -> None:
    settings = read_settings({"XDG_CONFIG_HOME": str(tmp_path)})
    assert settings == Settings()
    assert settings.is_builtin


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    env = write(tmp_path, "chat_model: openai:one\nquestion_seconds: 5\n")
    read = read_settings({**env, "SEGUE_CHAT_MODEL": "openai:two", "SEGUE_BASE_URL": "http://127.0.0.1:1/v1"})
    assert (read.chat_model, read.base_url, read.question_seconds) == ("openai:two", "http://127.0.0.1:1/v1", 5)
    assert not read.is_builtin


def test_without_xdg_the_file_is_under_the_home() -> None:
    assert settings_file({"HOME": "/home/ann"}) == Path("/home/ann/.config/segue/settings.yaml")


def test_a_wrong_key_names_file_key_and_nearest(tmp_path: Path) -> None:
    env = write(tmp_path, "chatmodel: builtin\n")
    with pytest.raises(DefinitionError) as error:
        read_settings(env)
    assert error.value.reason == f"{settings_file(env)}: there is no setting 'chatmodel'."
    assert error.value.mend == "Did you mean 'chat_model'?"


@pytest.mark.parametrize("text", ["question_seconds: never", "chat_model: gpt", "base_url: ftp://x", "provider_calls: 1"])
def test_a_wrong_value_names_its_place(tmp_path: Path, text: str) -> None:
    env = write(tmp_path, text)
    with pytest.raises(DefinitionError) as error:
        read_settings(env)
    assert f"{settings_file(env)}: {text.split(':')[0]} can't be " in error.value.reason


def test_a_wrong_variable_is_named(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="SEGUE_CHAT_MODEL can't be 'gpt'"):
        read_settings({"XDG_CONFIG_HOME": str(tmp_path), "SEGUE_CHAT_MODEL": "gpt"})


@pytest.mark.parametrize("text", ["a: [", "- one\n- two", "just words"])
def test_a_file_that_is_no_settings(tmp_path: Path, text: str) -> None:
    with pytest.raises(DefinitionError):
        read_settings(write(tmp_path, text))


def test_an_empty_file_sets_nothing(tmp_path: Path) -> None:
    assert read_settings(write(tmp_path, "# nothing yet\n")) == Settings()


def test_unknown_variables_are_told() -> None:
    env = {"SEGUE_CHATMODEL": "x", "SEGUE_CHAT_MODEL": "builtin", "SEGUE_HOME": "y", "PATH": "z"}
    assert unknown_variables(env, ("SEGUE_HOME",)) == ["Nothing reads SEGUE_CHATMODEL. Did you mean 'SEGUE_CHAT_MODEL'?"]


def test_the_page_on_settings_is_up_to_date() -> None:
    page = Path(__file__).parents[2] / "docs" / "settings.md"
    rows = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    told = {row.split("`")[1]: row.split("|")[2].strip() for row in rows}
    assert told == {name: "none" if f.default is None else f"{f.default:g}" if isinstance(f.default, int | float) else f.default
                    for name, f in Settings.model_fields.items()}  # fmt: skip


def test_a_missing_package_is_an_exact_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "x")
    for name, command in (
        ("ollama:qwen3", "pip install 'segue[ollama]'"),
        ("anthropic:claude", "pip install 'segue[anthropic]'"),
        ("groq:llama", "pip install langchain-groq"),
    ):
        with pytest.raises(ProviderError) as error:
            open_provider(Settings(chat_model=name), stream=False)
        assert error.value.mend == f"Install it: {command}"


def test_a_missing_key_is_named() -> None:
    with pytest.raises(ProviderError) as error:
        open_provider(Settings(chat_model="openai:gpt-5.1"), stream=False, environment={})
    assert error.value.mend == "Set OPENAI_API_KEY, or SEGUE_CHAT_MODEL=builtin."


def test_a_server_of_ones_own_needs_no_key() -> None:
    provider = open_provider(Settings(chat_model="openai:mine", base_url="http://127.0.0.1:1/v1"), stream=False, environment={})
    provider.close()


def test_a_provider_nobody_knows() -> None:
    with pytest.raises(ProviderError, match="can't be set up"):
        open_provider(Settings(chat_model="nobody:none"), stream=False)


def test_the_log_holds_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "abcdef123456")
    assert without_keys("key abcdef123456, sk-proj-12345678, xoxb-123456789") == "key <SOME_API_KEY>, <key>, <key>"


def test_the_log_is_begun_anew_when_long(tmp_path: Path) -> None:
    file = tmp_path / "segue.log"
    file.write_text("x" * (LOG_BYTES + 1))
    note_fault(file, ValueError("bad"), "a question failed")
    assert "ValueError: bad" in file.read_text()
    assert file.with_suffix(".old").exists()
    note_fault(tmp_path / "no" / "such" / "segue.log", ValueError("bad"))
    assert not (tmp_path / "no").exists()
