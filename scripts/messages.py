"""Compiles the message catalogues of all rooms: ``just messages``."""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "keystead"


def main() -> None:
    for source in sorted(PACKAGE.rglob("locale/*/LC_MESSAGES/django.po")):
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name)
        target = source.with_suffix(".mo")
        if target.exists():
            with target.open("rb") as file:
                if _sentences(read_mo(file)) == _sentences(catalogue):
                    continue  # another compiler may order it differently: left alone
        with target.open("wb") as file:
            write_mo(file, catalogue)
        print(source.relative_to(PACKAGE))


def _sentences(catalogue: Catalog) -> dict[object, object]:
    return {
        (_text(message.context), _one(message.id)): _one(message.string)
        for message in catalogue
        if message.id and message.string and not message.fuzzy
    }


def _text(context: object) -> object:
    return context.decode() if isinstance(context, bytes) else context


def _one(text: object) -> object:
    return tuple(text) if isinstance(text, list | tuple) else text


if __name__ == "__main__":
    main()
