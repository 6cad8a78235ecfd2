from django.apps import AppConfig


class CounterConfig(AppConfig):
    name = "keystead.connectors.counter"
    label = "counter"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from keystead.connectors.counter import (  # noqa: F401 - they register themselves
            handlers,
            tasks,
        )
