"""Paths of this room."""

from django.urls import URLPattern, path

from keystead.catalog.views import details, groups, listings, products, sheets

app_name = "catalog"
ONE = "products/<int:product_id>"
GROUPS = "products/groups"
GROUP = f"{GROUPS}/<int:group_id>"
AT = "accounts/<int:account_id>"
urlpatterns: list[URLPattern] = [
    path("products/", products.index, name="products"),
    path("products/new/", products.create, name="create"),
    path("products/search/", products.search, name="search"),
    path("products/sheets/", sheets.sheets, name="sheets"),
    path("products/sheets/template/", sheets.template, name="template"),
    path("products/sheets/export/", sheets.export, name="export"),
    path("products/sheets/import/", sheets.import_file, name="import"),
    path(f"{GROUPS}/", groups.index, name="groups"),
    path(f"{GROUPS}/new/", groups.create, name="create_group"),
    path(f"{GROUP}/", groups.detail, name="group"),
    path(f"{GROUP}/edit/", groups.edit, name="edit_group"),
    path(f"{GROUP}/add/", groups.add_member, name="add_member"),
    path(f"{GROUP}/<int:member_id>/", groups.edit_member, name="edit_member"),
    path(f"{GROUP}/<int:member_id>/remove/", groups.remove_member, name="remove_member"),
    path(f"{ONE}/", products.detail, name="product"),
    path(f"{ONE}/edit/", products.edit, name="edit"),
    path(f"{ONE}/codes/add/", details.add_code, name="add_code"),
    path(f"{ONE}/codes/<int:code_id>/", details.edit_code, name="edit_code"),
    path(f"{ONE}/codes/<int:code_id>/remove/", details.remove_code, name="remove_code"),
    path(f"{ONE}/parts/add/", details.add_part, name="add_part"),
    path(f"{ONE}/parts/<int:part_id>/", details.edit_part, name="edit_part"),
    path(f"{ONE}/parts/<int:part_id>/remove/", details.remove_part, name="remove_part"),
    path(f"{ONE}/successor/", details.successor, name="successor"),
    path(f"{ONE}/merge/", details.merge, name="merge"),
    path(f"{ONE}/merges/<int:merge_id>/undo/", details.undo_merge, name="undo_merge"),
    path(f"{AT}/panels/listings/", listings.panel, name="listings_panel"),
    path(f"{AT}/listings/add/", listings.add, name="add_listing"),
    path(f"{AT}/listings/<int:listing_id>/", listings.edit, name="edit_listing"),
    path(f"{AT}/listings/<int:listing_id>/remove/", listings.remove, name="remove_listing"),
]
