"""Mails as files (.eml, RFC 5322 and MIME): who, when, what; attachments by name only."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from html.parser import HTMLParser
from typing import Any

from keystead.kit.files.letters.lines import guessed
from keystead.kit.files.types import Refused

PARTS, DEPTH, OTHERS, TEXT = 200, 20, 200, 20_000
_HEADER = 20_000
# Where the mail that was answered begins: its words are another mail's.
_QUOTED = re.compile(
    r"^(?:-{2,} ?(?:Original Message|Message d'origine|原始邮件|Forwarded message).*"
    r"|_{20,}|On .{5,200} wrote:|Le .{5,200} a écrit ?:|(?:在|于).{5,200}写道[::]"
    r"|(?:From|De|发件人)\s?[::].*@.*)\s*$",
    re.I,
)


def read_mail(content: bytes) -> dict[str, Any]:
    """Return what a mail says; see ``reader`` for the shape.

    The text is the first plain part that is no attachment, else the first HTML part without its
    marks; quoted mails below it are cut off. Raises Refused when it is no mail.
    """
    try:
        mail = message_from_bytes(content)
        if not (mail["From"] and (mail["Date"] or mail["Subject"] or mail["To"])):
            raise Refused("damaged", format="MIME")
        texts, names = _walked(mail)
    except (RecursionError, MessageError, LookupError, ValueError) as error:
        raise Refused("damaged", format="MIME") from error
    senders = _people(mail, "From") or _people(mail, "Sender")
    others = [one for header in ("To", "Cc") for one in _people(mail, header)]
    return {
        "kind": "mail",
        "when": _when(str(mail["Date"] or "")),
        "events": 1,
        "cancelled": False,
        "subject": _words(mail["Subject"]),
        "text": unquoted(texts.get("plain") or _without_marks(texts.get("html", ""))),
        "id": " ".join(str(mail["Message-ID"] or "").split())[:1000],
        "sender": senders[0] if senders else None,
        "others": others[:OTHERS],
        "attachments": names[:50],
    }


def unquoted(text: str) -> str:
    """Return a text up to the mail it answers, without quoted lines.

    >>> unquoted("Yes.\\n> No?\\nOn Monday, A wrote:\\nOld words")
    'Yes.'
    """
    kept: list[str] = []
    for line in text.splitlines():
        if _QUOTED.match(line[:400].strip()):
            break
        if not line.lstrip().startswith(">"):
            kept.append(line.rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _walked(mail: Message) -> tuple[dict[str, str], list[str]]:
    texts: dict[str, str] = {}
    names: list[str] = []
    waiting: list[tuple[Message, int]] = [(mail, 0)]
    seen = 0
    while waiting and seen < PARTS:
        part, depth = waiting.pop()
        seen += 1
        kind, named = part.get_content_type(), part.get_filename()
        if named or part.get_content_disposition() == "attachment" or kind == "message/rfc822":
            names.append(_words(named or "")[:120] or kind)
        elif part.is_multipart():
            inner = part.get_payload()
            if depth < DEPTH and isinstance(inner, list):
                within = [one for one in inner[:PARTS] if isinstance(one, Message)]
                waiting += [(one, depth + 1) for one in reversed(within)]
        elif kind in ("text/plain", "text/html"):
            texts.setdefault(kind[5:], _text(part))
    return texts, names


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    return guessed(payload[: 20 * TEXT], str(part.get_content_charset("")))[: 5 * TEXT]


def _words(raw: object) -> str:
    """Return a header as text, whatever it claims to be encoded in."""
    text = str(raw or "")[:_HEADER]
    try:
        parts = decode_header(text)
    except (HeaderParseError, ValueError, LookupError):
        parts = [(text, None)]
    said = [part if isinstance(part, str) else guessed(part, named or "") for part, named in parts]
    return " ".join("".join(said).split())


def _people(mail: Message, header: str) -> list[dict[str, str]]:
    given = [str(one)[:_HEADER] for one in mail.get_all(header, [])[:5]]
    found = getaddresses(given)[: 2 * OTHERS]
    return [
        {"name": _words(name)[:160], "email": mail.strip()[:254]} for name, mail in found if mail
    ]


def _when(text: str) -> str:
    try:
        return parsedate_to_datetime(text[:100]).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._silent += tag in ("script", "style", "title")
        if tag in ("br", "p", "div", "tr", "li", "blockquote"):
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "title"):
            self._silent = max(0, self._silent - 1)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.append(data)


def _without_marks(html: str) -> str:
    reader = _Words()
    reader.feed(re.sub(r"[ \t\r\n]+", " ", html[: 5 * TEXT]))
    reader.close()
    return "\n".join(line.strip() for line in "".join(reader.said).splitlines())
