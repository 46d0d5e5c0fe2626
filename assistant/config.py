"""The settings: one typed object, one reader.

Read from the environment (SEGUE_CHAT_MODEL, SEGUE_BASE_URL, SEGUE_QUESTION_SECONDS ...: a field's name in capitals), else from
`$XDG_CONFIG_HOME/segue/settings.yaml` (`~/.config` where that is unset), else the default. A provider's key is read by its own
client from its own name (OPENAI_API_KEY ...) and never kept here, printed or logged.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from segue.tools.errors import DefinitionError, did_you_mean

BUILTIN = "builtin"
PREFIX = "SEGUE_"


class Settings(BaseModel):
    """What can be set. Times are seconds.

    chat_model           builtin, or provider:name as init_chat_model takes it (openai:gpt-5.1, ollama:qwen3)
    base_url             an OpenAI-compatible server's address; None means the provider's own
    question_seconds     from question to answer; past it the question is stopped
    provider_seconds     all the provider calls of one question together
    provider_calls       calls of the chat model in one question
    provider_retries     more tries after a fault that may pass (429, 5xx, a cut connection). 0 means none
    retry_after_seconds  a provider that asks to wait longer than this is not waited for
    output_tokens        the longest message a provider may write
    question_characters  the longest question
    provider_rows        rows of a result that a provider sees
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    chat_model: str = Field(default=BUILTIN, pattern=r"^(builtin|[a-z_]+:\S+)$")
    base_url: str | None = Field(default=None, pattern=r"^https?://\S+$")
    question_seconds: float = Field(default=60, gt=0, le=3600)
    provider_seconds: float = Field(default=45, gt=0, le=3600)
    provider_calls: int = Field(default=6, ge=2, le=20)
    provider_retries: int = Field(default=2, ge=0, le=5)
    retry_after_seconds: float = Field(default=10, ge=0, le=120)
    output_tokens: int = Field(default=4000, ge=100, le=100_000)
    question_characters: int = Field(default=4000, ge=100, le=100_000)
    provider_rows: int = Field(default=50, ge=1, le=200)

    @property
    def is_builtin(self) -> bool:
        """Whether the built-in chat model answers (no network, no key)."""
        return self.chat_model == BUILTIN


def settings_file(environment: Mapping[str, str] | None = None) -> Path:
    """Where the settings file is, whether it exists or not."""
    env = os.environ if environment is None else environment
    base = env.get("XDG_CONFIG_HOME") or str(Path(env.get("HOME") or "~").expanduser() / ".config")
    return Path(base) / "segue" / "settings.yaml"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings in force. DefinitionError names the file or variable, the key and the nearest valid one."""
    env = os.environ if environment is None else environment
    file = settings_file(env)
    given: dict[str, tuple[str, Any]] = {key: (f"{file}: {key}", value) for key, value in _from_file(file).items()}
    for key in Settings.model_fields:
        if value := env.get(PREFIX + key.upper()):
            given[key] = (PREFIX + key.upper(), value)
    try:
        return Settings.model_validate({key: value for key, (_, value) in given.items()})
    except ValidationError as error:
        first = error.errors()[0]
        where = given[str(first["loc"][0])][0]
        raise DefinitionError(f"{where} can't be {first['input']!r}: {first['msg']}.", _rule(str(first["loc"][0]))) from error


def unknown_variables(environment: Mapping[str, str] | None = None, others: tuple[str, ...] = ()) -> list[str]:
    """A sentence for each SEGUE_ variable that nothing reads. `others`: names read elsewhere."""
    env = os.environ if environment is None else environment
    known = {PREFIX + key.upper() for key in Settings.model_fields} | set(others)
    unknown = sorted(name for name in env if name.startswith(PREFIX) and name not in known)
    return [" ".join(filter(None, (f"Nothing reads {name}.", did_you_mean(name, known)))) for name in unknown]


def _from_file(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        read = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    except (YAMLError, UnicodeDecodeError, OSError) as error:
        raise DefinitionError(f"{file} can't be read as YAML: {error}.", "Mend it, or remove it.") from error
    if read is None:
        return {}
    if not isinstance(read, dict):
        raise DefinitionError(f"{file} holds no settings.", "Write one `key: value` a line, such as chat_model: builtin.")
    for key in read:
        if key not in Settings.model_fields:
            mend = did_you_mean(str(key), Settings.model_fields) or f"There are: {', '.join(Settings.model_fields)}."
            raise DefinitionError(f"{file}: there is no setting {str(key)!r}.", mend)
    return read


def _rule(key: str) -> str | None:
    if key == "chat_model":
        return "Write builtin, or provider:name, such as openai:gpt-5.1 or ollama:qwen3."
    if key == "base_url":
        return "Write an address that begins with http:// or https://."
    return None
