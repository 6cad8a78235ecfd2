from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "keystead.campaigns"
    label = "campaigns"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from keystead.campaigns import handlers  # noqa: F401 - it registers itself
