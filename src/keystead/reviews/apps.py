from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "keystead.reviews"
    label = "reviews"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from keystead.reviews.services import subscriptions  # noqa: F401 - its job and letter
