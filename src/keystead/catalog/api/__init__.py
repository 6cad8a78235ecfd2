"""Products, their groups and listings as JSON."""

from __future__ import annotations

from ninja import Router

from keystead.catalog.api.groups import router as groups
from keystead.catalog.api.products import router as products

router = Router()
router.add_router("", products)
router.add_router("", groups)
