from django.apps import AppConfig


class NegotiationConfig(AppConfig):
    name = "keystead.negotiation"
    label = "negotiation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from keystead.kit import provers
        from keystead.negotiation.queries import proving, use_proving

        provers.register(proving.VALUE, proving.prove_values, _("A figure of a value story"))
        provers.register(use_proving.USE_COST, use_proving.prove_use_costs, _("What a use costs"))
