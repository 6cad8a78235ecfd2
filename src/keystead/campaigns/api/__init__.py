"""JSON endpoints of campaigns: expenses, funds, rules on transfers of value."""

from ninja import Router

from keystead.campaigns.api.expenses import router as expenses_router
from keystead.campaigns.api.funds import router as funds_router
from keystead.campaigns.api.transfers import router as transfers_router

router = Router(tags=["campaigns"])
router.add_router("", expenses_router)
router.add_router("", funds_router)
router.add_router("", transfers_router)

__all__ = ["router"]
