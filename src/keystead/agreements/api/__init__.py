"""JSON endpoints of agreements."""

from ninja import Router

from keystead.agreements.api.claims import router as claims_router
from keystead.agreements.api.money import router as money_router
from keystead.agreements.api.papers import router as papers_router
from keystead.agreements.api.volumes import router as volumes_router

router = Router(tags=["agreements"])
router.add_router("", money_router)
router.add_router("", papers_router)
router.add_router("", claims_router)
router.add_router("", volumes_router)

__all__ = ["router"]
