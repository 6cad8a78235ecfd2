"""Logs that machines read: one line per request and per event, without personal data.

A line tells the route, never its query or form: those may name people and customers. Who asked
is a number, which only the house itself can turn into a name.
"""

from __future__ import annotations

import json
import logging
import re
import time
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponseBase

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
QUIET = ("/static/", "/health/")
log = logging.getLogger("keystead.request")


class JsonFormatter(logging.Formatter):
    """Writes a record as one JSON object; extra values stand beside the message."""

    KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if REQUEST_ID.get():
            line["request"] = REQUEST_ID.get()
        line |= {name: value for name, value in vars(record).items()
                 if name not in self.KNOWN and not name.startswith("_")}  # fmt: skip
        line.pop("request_object", None)
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__  # its text may quote a customer's data
            line["where"] = _places(record.exc_info[2])
        return _one_line(json.dumps(line, ensure_ascii=False, default=str))


class PlainFormatter(logging.Formatter):
    """Writes a record as one line: a line break in a value cannot begin another one."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - named by logging
        found = super().formatMessage(record)
        return _one_line(found)


def _one_line(text: str) -> str:
    """Return the text with every sign that ends a line, or steers a terminal, written out."""
    return "".join(sign if sign.isprintable() else json.dumps(sign)[1:-1] for sign in text)


class RequestLogMiddleware:
    """Gives each request an id (the caller's, when it looks like one) and logs how it went."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        token = REQUEST_ID.set(given if GIVEN_ID.fullmatch(given) else uuid.uuid4().hex)
        began = time.monotonic()
        try:
            response = self.get_response(request)
            response.headers["X-Request-ID"] = REQUEST_ID.get()
            if not request.path.startswith(QUIET):
                self._write(request, response.status_code, began)
            return response
        finally:
            REQUEST_ID.reset(token)

    @staticmethod
    def _write(request: HttpRequest, status: int, began: float) -> None:
        match = request.resolver_match
        values = {
            "method": request.method,
            "route": f"/{match.route}" if match else "unknown",
            "status": status,
            "ms": round((time.monotonic() - began) * 1000, 1),
            "user_id": getattr(getattr(request, "user", None), "pk", None),
        }
        level = logging.ERROR if status >= 500 else logging.INFO
        log.log(level, "%s %s", values["method"], values["route"], extra=values)


def _places(trace: Any) -> list[str]:
    found = []
    while trace is not None:
        code = trace.tb_frame.f_code
        found.append(f"{code.co_filename.rsplit('keystead/', 1)[-1]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return found[-6:]
