from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "keystead.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from keystead.ledger import handlers, tasks  # noqa: F401
