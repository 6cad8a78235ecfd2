from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "keystead.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from keystead.accounts.queries import may_see
        from keystead.kit.access import account_door

        account_door.hang(may_see)
