"""Mounts the routers of the rooms."""

from __future__ import annotations

from ninja import NinjaAPI

from keystead.accounts.api import router as accounts_router
from keystead.agreements.api import router as agreements_router
from keystead.campaigns.api import router as campaigns_router
from keystead.catalog.api import router as catalog_router
from keystead.connectors.counter.api import router as counter_router
from keystead.doors.api.door import new_api
from keystead.doors.api.me import router as me_router
from keystead.doors.api.outbound import router as outbound_router
from keystead.doors.api.reports import router as reports_router
from keystead.forecasting.api import router as forecasting_router
from keystead.health.api import router as health_router
from keystead.ledger.api import router as ledger_router
from keystead.metrics.api import router as metrics_router
from keystead.negotiation.api import router as negotiation_router
from keystead.pipeline.api import router as pipeline_router
from keystead.planning.api import router as planning_router
from keystead.profitability.api import router as profitability_router
from keystead.reviews.api import router as reviews_router
from keystead.scorecards.api import router as scorecards_router
from keystead.stakeholders.api import router as stakeholders_router


def mounted() -> NinjaAPI:
    """Return the API with every room that has endpoints."""
    api = new_api(urls_namespace="api")
    api.add_router("", me_router)
    api.add_router("", accounts_router)
    api.add_router("", catalog_router)
    api.add_router("", metrics_router)
    api.add_router("", ledger_router)
    api.add_router("", agreements_router)
    api.add_router("", pipeline_router)
    api.add_router("", profitability_router)
    api.add_router("", stakeholders_router)
    api.add_router("", negotiation_router)
    api.add_router("", planning_router)
    api.add_router("", campaigns_router)
    api.add_router("", forecasting_router)
    api.add_router("", health_router)
    api.add_router("", scorecards_router)
    api.add_router("", reviews_router)
    api.add_router("", counter_router)
    api.add_router("", reports_router)
    api.add_router("", outbound_router)
    return api


api = mounted()
