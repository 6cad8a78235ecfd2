from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "keystead.kit"
    label = "kit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from keystead.kit import upkeep  # noqa: F401
        from keystead.kit.files.arrow import leave_pandas_out

        leave_pandas_out()
