from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "keystead.governance"
    label = "governance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from keystead.governance import tasks  # noqa: F401
