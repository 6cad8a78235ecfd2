"""Foreign keys point down only, say what happens on delete, and leave no name on the other side."""

from __future__ import annotations

import ast

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import ForeignKey, ManyToManyField, Model, OneToOneField

from keystead.kit.models import Editable
from tests.architecture.places import FLOORS, PACKAGE, ROOT, python_files, tree

KEYS = {"ForeignKey", "OneToOneField", "ManyToManyField"}


def _floor(model: type[Model]) -> int | None:
    parts = model.__module__.split(".")
    return FLOORS[parts[1]] if parts[0] == "keystead" else None


def _models() -> list[type[Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("keystead.")]


def _links() -> list[ForeignKey | OneToOneField | ManyToManyField]:
    return [
        field
        for model in _models()
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]
        if isinstance(field, ForeignKey | OneToOneField | ManyToManyField)
        and field.model.__module__.startswith("keystead.")
        and not field.remote_field.parent_link
    ]


def test_foreign_keys_point_down_only() -> None:
    upward = []
    for field in _links():
        here, there = _floor(field.model), _floor(field.related_model)
        same_room = field.model._meta.app_label == field.related_model._meta.app_label
        if here is not None and there is not None and not same_room and there >= here:
            upward.append(f"{field} -> {field.related_model._meta.label}")
    assert upward == []


def test_foreign_keys_leave_no_name_on_the_other_side() -> None:
    inherited = {"groups", "user_permissions"}  # of Django's own user
    named = [
        str(field)
        for field in _links()
        if field.remote_field.related_name != "+" and field.name not in inherited
    ]
    assert named == []


def test_foreign_keys_say_what_happens_on_delete() -> None:
    silent = []
    for path in python_files(PACKAGE):
        if "models" not in path.as_posix() or "tests" in path.parts:
            continue
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            given = {keyword.arg for keyword in node.keywords}
            if name in KEYS - {"ManyToManyField"} and "on_delete" not in given:
                silent.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert silent == []


def _packed_models(room: str) -> set[str]:
    """Return the models for which a test class of the room says ``model = X``."""
    found = set()
    for path in python_files(PACKAGE / room / "tests"):
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.ClassDef):
                continue
            for line in node.body:
                target = line.targets[0] if isinstance(line, ast.Assign) else None
                if isinstance(line, ast.AnnAssign):
                    target = line.target
                if isinstance(target, ast.Name) and target.id == "model":
                    value = line.value  # type: ignore[union-attr]
                    found.add(getattr(value, "attr", getattr(value, "id", "")))
    return found


def _editables() -> list[type[Model]]:
    return [model for model in _models() if issubclass(model, Editable)]


@pytest.mark.parametrize("model", _editables(), ids=lambda model: model._meta.label)
def test_every_editable_model_has_the_room_test_pack(model: type[Model]) -> None:
    # A connector is a room one folder further down.
    room = "/".join(model.__module__.split(".models")[0].split(".")[1:])
    assert model.__name__ in _packed_models(room), (
        f"no class in keystead/{room}/tests takes the test pack for {model.__name__}"
    )


@pytest.mark.django_db
def test_every_model_has_its_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
