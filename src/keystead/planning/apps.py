from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "keystead.planning"
    label = "planning"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from keystead.kit import provers
        from keystead.planning import handlers, types  # noqa: F401 - they register themselves
        from keystead.planning.queries import proving, state_proving

        labels = {
            proving.OBJECTIVE: _("A figure of an objective"),
            proving.INITIATIVE: _("A figure of an initiative"),
            proving.CLAIM: _("A figure of a plan"),
            proving.ACTION: _("A day of an action"),
        }
        for kind, label in labels.items():
            provers.register(kind, proving.PROVERS[kind], label)
        provers.register(
            state_proving.PLAN_STATE, state_proving.prove_states, _("How a plan stands")
        )
