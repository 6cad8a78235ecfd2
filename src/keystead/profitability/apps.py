from django.apps import AppConfig


class ProfitabilityConfig(AppConfig):
    name = "keystead.profitability"
    label = "profitability"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from keystead.kit.ui.reasons import offer_reason

        for metric in ("sell_in", "net_sales", "sell_in_growth", "contribution"):
            offer_reason(metric, "profitability:why")
        for metric in ("gross_margin", "gross_margin_rate"):
            offer_reason(metric, "profitability:why", "measure=gross_margin")

        from django.utils.translation import gettext_lazy as _

        from keystead.kit import provers
        from keystead.profitability.queries import proving

        provers.register(proving.BRIDGE, proving.prove_bridges, _("A part of a growth bridge"))
