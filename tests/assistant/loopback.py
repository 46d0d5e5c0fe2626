"""A scripted chat model provider on 127.0.0.1: OpenAI's chat completions, streamed or not, and everything that goes wrong with it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Turn = Callable[["Exchange"], None]


class Provider:
    """Answers requests with the scripted turns, one each, the last one again and again. `requests`: the bodies that came."""

    def __init__(self) -> None:
        self.script: list[Turn] = []
        self.requests: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.released = threading.Event()
        self._lock = threading.Lock()
        provider = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                provider.handle(self, json.loads(body) if body[:1] == b"{" else {})

            def do_GET(self) -> None:
                provider.handle(self, {})

            def log_message(self, format: str, *args: Any) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.server_port}/v1"

    def says(self, *script: Turn) -> None:
        """Sets the script."""
        self.script = list(script)

    def handle(self, handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        """One request."""
        with self._lock:
            turn = self.script[min(len(self.requests), len(self.script) - 1)] if self.script else status(404)
            self.requests.append(body)
            self.paths.append(handler.path)
        turn(Exchange(handler, body, self))

    def close(self) -> None:
        """Stops the server."""
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


class Exchange:
    """A request, and the ways to answer it."""

    def __init__(self, handler: BaseHTTPRequestHandler, body: dict[str, Any], provider: Provider) -> None:
        self.handler, self.body, self.provider = handler, body, provider
        self.streams = bool(body.get("stream"))

    def send(self, code: int, content_type: str, body: bytes, headers: dict[str, str] | None = None) -> None:
        """A whole response."""
        self.handler.send_response(code)
        for name, value in {"Content-Type": content_type, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.handler.send_header(name, value)
        self.handler.end_headers()
        self.handler.wfile.write(body)

    def stream(self, chunks: Iterator[dict[str, Any] | str], done: bool = True) -> None:
        """Server-sent events; without `done` the connection is cut after the last chunk."""
        self.handler.send_response(200)
        self.handler.send_header("Content-Type", "text/event-stream")
        self.handler.send_header("Connection", "close")
        self.handler.end_headers()
        for chunk in chunks:
            text = chunk if isinstance(chunk, str) else f"data: {json.dumps(chunk)}\n\n"
            self.handler.wfile.write(text.encode())
            self.handler.wfile.flush()
        if done:
            self.handler.wfile.write(b"data: [DONE]\n\n")
        self.handler.close_connection = True

    def message(self, message: dict[str, Any], reason: str | None, cut: bool = False) -> None:
        """An assistant message, in one piece or streamed in small ones."""
        if self.streams:
            self.stream(_chunks(message, reason), done=not cut)
            return
        body = {"id": "x", "object": "chat.completion", "created": 1, "model": "scripted",
                "choices": [{"index": 0, "message": {"role": "assistant", **message}, "finish_reason": reason}],
                "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}}
        self.send(200, "application/json", json.dumps(body).encode())


def _chunks(message: dict[str, Any], reason: str | None) -> Iterator[dict[str, Any]]:
    def chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "scripted", "choices": [choice]}

    yield chunk({"role": "assistant", "content": ""})
    text = message.get("content") or ""
    for start in range(0, len(text), 7):
        yield chunk({"content": text[start : start + 7]})
    for number, call in enumerate(message.get("tool_calls") or []):
        given = call["function"]["arguments"]
        yield chunk({"tool_calls": [{**call, "index": number, "function": {"name": call["function"]["name"], "arguments": ""}}]})
        for start in range(0, len(given), 11):
            yield chunk({"tool_calls": [{"index": number, "function": {"arguments": given[start : start + 11]}}]})
    if reason is not None:
        yield chunk({}, reason)


def text(words: str, reason: str | None = "stop", cut: bool = False) -> Turn:
    """A reply. `reason` None with `cut`: the stream breaks off."""
    return lambda exchange: exchange.message({"content": words}, reason, cut)


def calls(*named: tuple[str, dict[str, Any] | str], reason: str | None = "tool_calls", cut: bool = False) -> Turn:
    """Tool calls; arguments given as a string are sent as they are (to send broken JSON)."""
    made = [
        {"id": f"call_{i}", "type": "function",
         "function": {"name": name, "arguments": given if isinstance(given, str) else json.dumps(given)}}
        for i, (name, given) in enumerate(named)
    ]
    return lambda exchange: exchange.message({"content": None, "tool_calls": made}, reason, cut)


def status(code: int, headers: dict[str, str] | None = None, kind: str = "server_error") -> Turn:
    """An error. The body repeats the key, as real ones do."""
    body = {"error": {"message": "Incorrect API key provided: sk-secret-123456", "type": kind, "code": kind}}
    return lambda exchange: exchange.send(code, "application/json", json.dumps(body).encode(), headers)


def html() -> Turn:
    """A proxy's page, with status 200."""
    return lambda exchange: exchange.send(200, "text/html", b"<html><body>Welcome to our network</body></html>")


def hang() -> Turn:
    """Takes the request and says nothing until the server is closed."""
    return lambda exchange: exchange.provider.released.wait(30) and None


def drip() -> Turn:
    """Streams something for ever, never anything of use: no single read times out."""

    def turn(exchange: Exchange) -> None:
        def comments() -> Iterator[str]:
            while not exchange.provider.released.wait(0.02):
                yield ": keepalive\n\n"

        try:
            exchange.stream(comments(), done=False)
        except OSError:
            return  # the other side hung up, as it should

    return turn
