from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "keystead.doors.web"
    label = "web"

    def ready(self) -> None:
        from keystead.doors.web import checks, handlers  # noqa: F401 - they register themselves
        from keystead.doors.web.portfolio_report import portfolio
        from keystead.reviews.queries.subscriptions import register
        from keystead.reviews.types.subscriptions import ReportKind

        register(ReportKind.PORTFOLIO, portfolio)
