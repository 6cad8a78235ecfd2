from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "keystead.reviews"
    label = "reviews"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from keystead.governance.services import leaving
        from keystead.kit import provers
        from keystead.reviews import handlers, tasks  # noqa: F401 - they register themselves
        from keystead.reviews.queries.proving import KIND, prove, sources
        from keystead.reviews.services import (  # noqa: F401 - its job, its letter, its report
            review_report,
            subscriptions,
        )
        from keystead.reviews.services.outbound import guard

        provers.register(KIND, prove, _("Figure of a review"), source=sources)
        leaving.register(guard)
