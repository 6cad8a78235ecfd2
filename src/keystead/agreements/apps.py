from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "keystead.agreements"
    label = "agreements"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from keystead.agreements import (  # noqa: F401 - they register themselves
            handlers,
            tasks,
            types,
        )
