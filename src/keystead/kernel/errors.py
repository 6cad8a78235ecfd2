"""The one tree of errors. Each has a code, named data, a sentence to act on, and a hint."""

from __future__ import annotations

from typing import Any


class KeysteadError(Exception):
    """Base of all errors that a person is told about.

    ``message`` is a sentence a key account manager can act on, ``code`` a stable slug,
    ``hint`` the next step ("did you mean ..."), ``data`` the named facts behind it.
    """

    default_code = "error"

    def __init__(self, message: str, *, code: str = "", hint: str = "", **data: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.hint = hint
        self.data = data

    def as_dict(self) -> dict[str, Any]:
        """Return the error as plain values for an API body or ``--json`` output."""
        return {
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "data": {name: _plain(value) for name, value in self.data.items()},
        }


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return str(value)


class Invalid(KeysteadError):
    """The input breaks a rule; ``data['fields']`` may map field names to sentences."""

    default_code = "invalid"


class TooMuch(Invalid):
    """More than a limit allows, within a time: waiting helps."""

    default_code = "too_much"


class DiskFull(KeysteadError):
    """There is no room left where the data is kept; what was begun has left nothing."""

    default_code = "disk_full"


class NotAllowed(KeysteadError):
    """The actor lacks a capability (never used to say that an object exists)."""

    default_code = "not_allowed"


class NotFound(KeysteadError):
    """The object is missing, or foreign to the actor: the answer is the same."""

    default_code = "not_found"


class Conflict(KeysteadError):
    """The row changed since it was read; ``data`` holds both values."""

    default_code = "conflict"


class SourceProblem(KeysteadError):
    """A file cannot be read, or not at one place: says where and what to do."""

    default_code = "source_problem"

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        hint: str = "",
        file: str = "",
        sheet: str = "",
        row: int | None = None,
        column: str = "",
        **data: Any,
    ) -> None:
        super().__init__(
            message, code=code, hint=hint, file=file, sheet=sheet, row=row, column=column, **data
        )
        self.file = file
        self.sheet = sheet
        self.row = row
        self.column = column
