from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "keystead.agreements"
    label = "agreements"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from keystead.agreements import (  # noqa: F401 - they register themselves
            handlers,
            tasks,
            types,
        )
        from keystead.agreements.queries import proving
        from keystead.kit import provers

        provers.register(proving.SETTLEMENT, proving.prove_settlements, _("A settlement"))
        provers.register(proving.CLAIM, proving.prove_claims, _("A figure of a claim"))
