"""Paths of this room."""

from django.urls import URLPattern, path

from keystead.profitability import views
from keystead.profitability.views import offers

app_name = "profitability"
urlpatterns: list[URLPattern] = [
    path("accounts/<int:account_id>/panels/pnl/", views.pnl, name="pnl"),
    path("accounts/<int:account_id>/pnl.xlsx", views.pnl_sheet, name="pnl_sheet"),
    path("accounts/<int:account_id>/panels/why/", views.why, name="why"),
    path("accounts/<int:account_id>/panels/waterfall/", views.waterfall, name="waterfall"),
    path("accounts/<int:account_id>/waterfall.xlsx", views.waterfall_sheet, name="waterfall_sheet"),
    path("accounts/<int:account_id>/panels/customer/", views.customer, name="customer"),
    # The offer what-if.
    path("accounts/<int:account_id>/panels/offers/", offers.panel, name="offers_panel"),
    path("accounts/<int:account_id>/offers/new/", offers.start, name="start_offers"),
    path(
        "agreements/<int:agreement_id>/panels/offers/",
        offers.of_agreement,
        name="offers_of_agreement",
    ),
    path("offers/<int:case_id>/", offers.show, name="offers"),
    path("offers/<int:case_id>/evaluate/", offers.evaluate, name="evaluate_offer"),
    path("offers/<int:case_id>/rows/", offers.rows, name="offer_rows"),
    path("offers/<int:case_id>/save/", offers.save, name="save_offer"),
    path("offers/<int:case_id>/setting/", offers.setting, name="offer_setting"),
    path("offers/<int:case_id>/step/<slug:step>/", offers.step, name="offer_step"),
]
