"""Two import contracts of our own: private files of a room, screens without storage."""

from __future__ import annotations

from typing import Any

import grimp
from importlinter import Contract, ContractCheck, fields, output


class PrivateContract(Contract):
    """``private_files`` are imported by their own room; ``mounted_files`` also by the doors."""

    type_name = "private"

    private_files = fields.ListField(subfield=fields.StringField())
    mounted_files = fields.ListField(subfield=fields.StringField())
    mounted_by = fields.ListField(subfield=fields.StringField())

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        breaches = sorted(
            (importer, imported)
            for imported in graph.modules
            for importer in graph.find_modules_that_directly_import(imported)
            if self._breaks(importer, imported)
        )
        return ContractCheck(kept=not breaches, metadata={"breaches": breaches})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["breaches"]:
            output.print_error(f"{importer} may not import {imported}: it is another room's own.")

    def _breaks(self, importer: str, imported: str) -> bool:
        parts = imported.split(".")
        if len(parts) < 3 or parts[0] != "keystead" or parts[1] in ("kit", "kernel", "doors"):
            return False
        room, file = ".".join(parts[:2]), parts[2]
        if _inside(importer, room):
            return False
        if file in _values(self.private_files):
            return True
        mounts = _values(self.mounted_by)
        return file in _values(self.mounted_files) and not any(
            _inside(importer, place) for place in mounts
        )


class ScreensContract(Contract):
    """``screen_files`` of rooms, and the doors, never import a room's ``storage`` directly.

    Tests beside a door are no screens: they look into the storage to see what was written.
    """

    type_name = "screens"

    screen_files = fields.ListField(subfield=fields.StringField())
    doors = fields.ListField(subfield=fields.StringField())
    storage = fields.ListField(subfield=fields.StringField())

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        breaches = sorted(
            (importer, imported)
            for imported in graph.modules
            if self._is_storage(imported)
            for importer in graph.find_modules_that_directly_import(imported)
            if self._is_screen(importer)
        )
        return ContractCheck(kept=not breaches, metadata={"breaches": breaches})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["breaches"]:
            output.print_error(f"{importer} is a screen: it may not import {imported}.")

    def _is_storage(self, module: str) -> bool:
        parts = module.split(".")
        return len(parts) > 2 and parts[0] == "keystead" and parts[2] in _values(self.storage)

    def _is_screen(self, module: str) -> bool:
        parts = module.split(".")
        if "tests" in parts:
            return False
        if any(_inside(module, door) for door in _values(self.doors)):
            return True
        return len(parts) > 2 and parts[0] == "keystead" and parts[2] in _values(self.screen_files)


def _inside(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def _values(field: Any) -> list[str]:
    return list(field)
