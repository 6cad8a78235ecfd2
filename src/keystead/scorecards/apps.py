from django.apps import AppConfig


class ScorecardsConfig(AppConfig):
    name = "keystead.scorecards"
    label = "scorecards"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from keystead.kit import provers
        from keystead.scorecards import handlers, tasks  # noqa: F401 - they register themselves
        from keystead.scorecards.queries import proving

        provers.register(proving.SCORE, proving.prove_scores, _("A score of a frozen scorecard"))
