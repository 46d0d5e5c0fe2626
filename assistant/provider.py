"""A provider's chat model for one turn, through init_chat_model: any provider, any OpenAI-compatible base URL.

Its limits are ours: no retries but our own, a client of its own that is closed to stop it, and every fault as a ProviderError whose
text never repeats what the provider said (it may repeat the key).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage

from segue.assistant.config import Settings
from segue.tools.errors import ProviderError, SegueError

OPENAI_ADDRESS = "https://api.openai.com/v1"
EXTRAS = ("ollama", "anthropic")
UNREADABLE = "The chat model called a tool in a way that can't be read."
_KEYS = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}
_DONE = re.compile(r"(stop|tool_calls|function_call|end_turn|tool_use|stop_sequence)")


@dataclass(frozen=True)
class Provider:
    """A chat model, and how to break off what it is doing."""

    chat_model: BaseChatModel
    close: Callable[[], None]


class Refused(ProviderError):
    """A message that may not be acted on: cut off, unreadable or empty. Asking again may help."""


def open_provider(settings: Settings, *, stream: bool, environment: Mapping[str, str] | None = None) -> Provider:
    """The chat model that the settings name. ProviderError where its package or its key is missing."""
    env = os.environ if environment is None else environment
    kind = settings.chat_model.partition(":")[0]
    _need_key(kind, settings, env)
    if kind == "openai":
        return _open_openai(settings, stream, env)
    options: dict[str, Any] = {"base_url": settings.base_url} if settings.base_url else {}
    if kind == "ollama":
        options |= {"num_predict": settings.output_tokens, "client_kwargs": {"timeout": settings.provider_seconds}}
    else:  # LangChain's standard parameters
        options |= {"max_tokens": settings.output_tokens, "max_retries": 0, "timeout": settings.provider_seconds}
    if kind == "anthropic":
        options["streaming"] = stream
    return Provider(_init(settings.chat_model, kind, options), close=lambda: None)


def _open_openai(settings: Settings, stream: bool, env: Mapping[str, str]) -> Provider:
    import openai

    client = openai.DefaultHttpxClient(timeout=settings.provider_seconds)
    options = {
        "base_url": settings.base_url or env.get("OPENAI_BASE_URL") or OPENAI_ADDRESS,  # given, so that no gateway slips in
        "api_key": env.get("OPENAI_API_KEY") or "none",
        "http_client": client,
        "timeout": settings.provider_seconds,
        "max_retries": 0,
        "max_tokens": settings.output_tokens,
        "use_responses_api": False,
        "streaming": stream,
    }
    return Provider(_init(settings.chat_model, "openai", options), close=client.close)


def _init(chat_model: str, kind: str, options: dict[str, Any]) -> BaseChatModel:
    from langchain.chat_models import init_chat_model

    try:
        return init_chat_model(chat_model, **options)
    except ImportError as error:
        raise ProviderError(f"The chat model {chat_model} needs a package that is not installed.", _install(kind, error)) from error
    except ValueError as error:
        raise ProviderError(
            f"The chat model {chat_model} can't be set up.", "Write it as provider:name, such as openai:gpt-5.1 or ollama:qwen3."
        ) from error


def _install(kind: str, error: ImportError) -> str:
    if kind in EXTRAS:
        return f"Install it: pip install 'segue[{kind}]'"
    named = re.search(r"langchain[-_][\w-]+", str(error))
    return f"Install it: pip install {(named[0] if named else f'langchain-{kind}').replace('_', '-')}"


def _need_key(kind: str, settings: Settings, env: Mapping[str, str]) -> None:
    key = _KEYS.get(kind)
    if key and not env.get(key) and not settings.base_url:
        raise ProviderError(f"The chat model {settings.chat_model} needs a key.", f"Set {key}, or SEGUE_CHAT_MODEL=builtin.")


def refuse_unfinished(message: AIMessage) -> None:
    """Raises Refused unless the message ended as it should, can be read and says something.

    A cut stream or a full length makes LangChain mend the JSON of a tool call and run half of it: that must never happen.
    """
    metadata = message.response_metadata
    reason = next((str(metadata[k]) for k in ("finish_reason", "stop_reason", "done_reason") if metadata.get(k)), None)
    if reason is None:
        raise Refused("The chat model's message was cut off.", "Ask again.")
    if _DONE.sub("", reason):  # a server that repeats its reason in every chunk says "stopstop"
        if "length" in reason or "max_tokens" in reason:
            raise ProviderError("The chat model's message was too long and was cut off.", "Ask for less, or raise output_tokens.")
        raise ProviderError(f"The chat model stopped early ({reason[:40]}).", "Put the question differently.")
    if message.invalid_tool_calls:
        raise Refused(UNREADABLE, "Ask again, or use another chat model.")
    if not message.tool_calls and not message.text.strip():
        raise Refused("The chat model sent nothing.", "Ask again.")


def provider_error(error: Exception) -> SegueError:
    """What went wrong with a provider, in words of our own."""
    if isinstance(error, Refused):
        return ProviderError(error.reason, error.mend)
    if isinstance(error, SegueError):
        return error
    from langchain_core import exceptions as lc

    sayings = (
        (lc.ModelAuthenticationError, "The provider refused the key (401).", "Check the key in the environment."),
        (lc.ModelPermissionDeniedError, "The key has no right to this chat model (403).", "Use another key or chat model."),
        (lc.ModelNotFoundError, "The provider has no such chat model (404).", "Check SEGUE_CHAT_MODEL and SEGUE_BASE_URL."),
        (lc.ContextOverflowError, "The question and its results are too long for the chat model.", "Ask for less at once."),
        (lc.ModelInvalidRequestError, "The provider refused the request (400).", "Check that the chat model can call tools."),
        (lc.ModelTimeoutError, "The provider did not answer in time.", "Try again later."),
        (lc.ModelConnectionError, "The provider can't be reached.", "Check the network and SEGUE_BASE_URL."),
    )
    for kind, reason, mend in sayings:
        if isinstance(error, kind):
            return ProviderError(reason, mend)
    if isinstance(error, lc.ModelRateLimitError):
        if _quota_is_out(error):
            return ProviderError("The provider's quota is used up (429).", "Top it up, or use another chat model.")
        return ProviderError("The provider is asked too much at the moment (429).", "Try again in a minute.")
    status = getattr(error, "status_code", None)
    told = f" ({status})" if isinstance(status, int) else ""
    return ProviderError(f"The provider failed{told}.", "Try again later; SEGUE_CHAT_MODEL=builtin works without one.")


def may_pass(error: Exception) -> bool:
    """Whether asking again may help: an overloaded or failing server, a broken connection, a cut message."""
    from langchain_core.exceptions import ModelError

    if isinstance(error, Refused):
        return True
    if isinstance(error, SegueError):
        return False
    if isinstance(error, ModelError):
        return error.is_retryable and not _quota_is_out(error)
    return "APIError" in {kind.__name__ for kind in type(error).__mro__} or isinstance(error, OSError)


def wait_asked(error: Exception) -> float | None:
    """Seconds that the provider asks to be left alone (Retry-After); None where it doesn't say."""
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    for name, unit in (("retry-after-ms", 1000), ("retry-after", 1)):
        try:
            return max(0.0, float(headers[name]) / unit)
        except (KeyError, ValueError):
            continue
    return None


def _quota_is_out(error: Exception) -> bool:
    return "insufficient_quota" in (getattr(error, "code", None), getattr(error, "type", None))
