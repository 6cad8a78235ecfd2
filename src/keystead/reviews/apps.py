from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "keystead.reviews"
    label = "reviews"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from keystead.kit import provers
        from keystead.reviews import tasks  # noqa: F401 - they register themselves
        from keystead.reviews.queries.proving import KIND, prove
        from keystead.reviews.services import subscriptions  # noqa: F401 - its job and letter

        provers.register(KIND, prove, _("Figure of a review"))
