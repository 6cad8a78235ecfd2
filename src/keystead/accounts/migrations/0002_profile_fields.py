"""The profile fields Keystead brings along; a company may change, add and retire them."""

from django.db import migrations

SELLERS = ["group", "legal_entity", "platform", "shop", "distributor", "pharmacy_chain"]
FIELDS = [
    ("strategy", "Strategy and goals", "What the customer wants to reach in the next one to three years.", 365, []),
    ("business_model", "Business model", "How it earns money: buys and resells, commission, fees, public funding.", 365, []),
    ("decision_process", "How it decides", "Who proposes, who decides, which committee, which month.", 180, []),
    ("budget_cycle", "Budget cycle", "When the budget is prepared, fixed and spent.", 365, []),
    ("payment_terms", "Payment terms", "Days, early-payment discount, credit limit.", 180, []),
    ("logistics", "Logistics", "Warehouses, delivery days, minimum order, cold chain.", 180, SELLERS),
    ("data_feeds", "Data we receive", "Which files, how often, from whom, ordered or paid.", 90, []),
    ("competitors", "Competitors there", "Who else sells to it, and with what weight.", 90, []),
    ("needs", "Needs", "Research, clinical or category needs that our products meet.", 180, []),
    ("licences", "Licences", "Drug trade or online sale licences, with their end dates.", 180, SELLERS),
    ("digital", "Digital set-up", "Shops, apps, access systems, link resolver, discovery.", 180, []),
    ("risks", "Risks", "What could end or shrink the business.", 90, []),
]  # fmt: skip


def add_fields(apps, schema_editor):
    ProfileField = apps.get_model("accounts", "ProfileField")
    for number, (key, label, help_text, days, kinds) in enumerate(FIELDS, start=1):
        ProfileField.objects.get_or_create(
            key=key,
            defaults={
                "label": label,
                "help": help_text,
                "freshness_days": days,
                "kinds": kinds,
                "position": number * 10,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(add_fields, migrations.RunPython.noop)]
