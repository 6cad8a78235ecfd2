"""JSON endpoints of the forecast: its cycles, why the numbers, how good they were."""

from keystead.forecasting.api.cycles import router
from keystead.forecasting.api.insight import router as insight

router.add_router("", insight)

__all__ = ["router"]
