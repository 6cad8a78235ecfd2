from django.apps import AppConfig


class NegotiationConfig(AppConfig):
    name = "keystead.negotiation"
    label = "negotiation"
    default_auto_field = "django.db.models.BigAutoField"
