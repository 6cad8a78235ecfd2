from django.apps import AppConfig


class PipelineConfig(AppConfig):
    name = "keystead.pipeline"
    label = "pipeline"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from keystead.kit import provers
        from keystead.pipeline import handlers, tasks  # noqa: F401 - they register themselves
        from keystead.pipeline.queries import proving

        provers.register(proving.RENEWAL, proving.prove_renewals, _("A figure of a renewal"))
        provers.register(
            proving.OPPORTUNITY, proving.prove_opportunities, _("A figure of an opportunity")
        )
