from django.apps import AppConfig


class StakeholdersConfig(AppConfig):
    name = "keystead.stakeholders"
    label = "stakeholders"
    default_auto_field = "django.db.models.BigAutoField"
