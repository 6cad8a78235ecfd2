"""How content is used, as COUNTER counts it: requests, turnaways, what a use costs.

Titles (TR) of release 5.1 with regular access, so that nothing is counted twice: full reports of
platforms and databases count the same use again. Release 5 counted otherwise and is never added.
"""

from __future__ import annotations

from typing import Final

from keystead.metrics.calc.definitions.words import gettext_noop
from keystead.metrics.types import (
    Additivity,
    Aggregate,
    Direction,
    Fold,
    Formula,
    Input,
    Measure,
    MetricDef,
    Unit,
)

COUNTER: Final = "COUNTER Code of Practice 5.1, parts 3.3 and 4"
COUNTER_5: Final = "COUNTER Code of Practice 5, part 3.3"
KBART: Final = "NISO RP-9-2014, KBART Phase II"
BY_TITLE: Final = gettext_noop("account x platform x title x month")
_TITLES: Final = "family = 'TR' and access_method = 'Regular' and release = '5.1'"
_UNIQUE: Final = f"{_TITLES} and metric_type = 'Unique_Item_Requests'"
_CONTROLLED: Final = (
    f"{_TITLES} and metric_type = 'Total_Item_Requests' and access_type = 'Controlled'"
)


def _count(where: str) -> Aggregate:
    return Aggregate("usage", "quantity", Measure.COUNT, where=where, zero_when_none=True)


def _share(part: str, part_label: str, whole: str, whole_label: str) -> Formula:
    inputs = (("part", Input(part, part_label)), ("whole", Input(whole, whole_label)))
    return Formula(inputs, "part", "whole", 100)


_REQUESTS_LABEL: Final = gettext_noop("Requests of licensed content")
_UNIQUE_LABEL: Final = gettext_noop("Unique requests")
USAGE: Final = (
    MetricDef(
        id="controlled_requests",
        label=_REQUESTS_LABEL,
        description=gettext_noop("How often licensed full text was opened."),
        formula=gettext_noop(
            "Sum of Total_Item_Requests of titles with access type Controlled and access method "
            "Regular, release 5.1."
        ),
        unit=Unit.COUNT,
        grain=BY_TITLE,
        additivity=Additivity.ADDITIVE,
        compute=_count(_CONTROLLED),
        source=COUNTER,
        example=gettext_noop("12 requests in January and 6 in February: 18."),
        topic="usage",
    ),
    MetricDef(
        id="unique_requests",
        label=_UNIQUE_LABEL,
        description=gettext_noop("Articles and chapters opened, each once in a session."),
        formula=gettext_noop(
            "Sum of Unique_Item_Requests of titles with access method Regular, release 5.1."
        ),
        unit=Unit.COUNT,
        grain=BY_TITLE,
        additivity=Additivity.ADDITIVE,
        compute=_count(_UNIQUE),
        source=COUNTER,
        example=gettext_noop("One article opened three times in a session: 1."),
        topic="usage",
    ),
    MetricDef(
        id="investigations",
        label=gettext_noop("Investigations"),
        description=gettext_noop("How often anything about a title was looked at."),
        formula=gettext_noop(
            "Sum of Total_Item_Investigations of titles with access method Regular, release 5.1."
        ),
        unit=Unit.COUNT,
        grain=BY_TITLE,
        additivity=Additivity.ADDITIVE,
        compute=_count(f"{_TITLES} and metric_type = 'Total_Item_Investigations'"),
        source=COUNTER,
        example=gettext_noop("An abstract looked at and the text opened: 2."),
        topic="usage",
    ),
    MetricDef(
        id="turnaways",
        label=gettext_noop("Turnaways without a licence"),
        description=gettext_noop("Use that was wanted and denied, because there is no licence."),
        formula=gettext_noop(
            "Sum of No_License of titles with access method Regular, release 5.1."
        ),
        unit=Unit.COUNT,
        grain=BY_TITLE,
        additivity=Additivity.ADDITIVE,
        compute=_count(f"{_TITLES} and metric_type = 'No_License'"),
        source=COUNTER,
        example=gettext_noop("Denied 3 times in January and 2 in March: 5."),
        direction=Direction.NEUTRAL,
        topic="usage",
    ),
    MetricDef(
        id="turnaways_limit",
        label=gettext_noop("Turnaways at the limit"),
        description=gettext_noop("Use that was denied, because all licensed seats were taken."),
        formula=gettext_noop(
            "Sum of Limit_Exceeded of titles with access method Regular, release 5.1."
        ),
        unit=Unit.COUNT,
        grain=BY_TITLE,
        additivity=Additivity.ADDITIVE,
        compute=_count(f"{_TITLES} and metric_type = 'Limit_Exceeded'"),
        source=COUNTER,
        example=gettext_noop("Denied 4 times in May: 4."),
        direction=Direction.NEUTRAL,
        topic="usage",
    ),
    MetricDef(
        id="turnaway_rate",
        label=gettext_noop("Turnaway rate"),
        description=gettext_noop("How much of the use that was wanted had no licence."),
        formula=gettext_noop("No_License / (No_License + requests of licensed content) x 100"),
        unit=Unit.PERCENT,
        grain=BY_TITLE,
        additivity=Additivity.RATIO,
        compute=Formula(
            (
                ("denied", Input("turnaways", gettext_noop("Turnaways without a licence"))),
                ("served", Input("controlled_requests", _REQUESTS_LABEL)),
            ),
            "denied",
            "denied + served",
            100,
        ),
        source=COUNTER,
        example=gettext_noop("3 denied beside 18 requests: 14.3 %."),
        direction=Direction.NEUTRAL,
        topic="usage",
    ),
    MetricDef(
        id="open_requests",
        label=gettext_noop("Unique requests of open content"),
        description=gettext_noop("Articles and chapters opened that anybody may read."),
        formula=gettext_noop(
            "Sum of Unique_Item_Requests of titles with access type Open and access method "
            "Regular, release 5.1."
        ),
        unit=Unit.COUNT,
        grain=BY_TITLE,
        additivity=Additivity.ADDITIVE,
        compute=_count(f"{_UNIQUE} and access_type = 'Open'"),
        source=COUNTER,
        example=gettext_noop("3 open articles opened in January: 3."),
        direction=Direction.NEUTRAL,
        topic="usage",
    ),
    MetricDef(
        id="open_share",
        label=gettext_noop("Open share"),
        description=gettext_noop("How much of the use needs no licence, because it is open."),
        formula=gettext_noop("unique requests of open content / unique requests x 100"),
        unit=Unit.PERCENT,
        grain=BY_TITLE,
        additivity=Additivity.RATIO,
        compute=_share(
            "open_requests",
            gettext_noop("Unique requests of open content"),
            "unique_requests",
            _UNIQUE_LABEL,
        ),
        source=COUNTER,
        example=gettext_noop("3 open of 18 unique requests: 16.7 %."),
        direction=Direction.NEUTRAL,
        topic="usage",
    ),
    MetricDef(
        id="backfile_requests",
        label=gettext_noop("Requests of the backfile"),
        description=gettext_noop("Licensed full text opened that appeared before this year."),
        formula=gettext_noop(
            "Requests of licensed content with a year of publication before the year of use; "
            "unknown years are left out."
        ),
        unit=Unit.COUNT,
        grain=BY_TITLE,
        additivity=Additivity.ADDITIVE,
        compute=_count(f"{_CONTROLLED} and is_backfile"),
        source=COUNTER,
        example=gettext_noop("Of 18 requests in 2026, 12 of articles of 2025: 12."),
        direction=Direction.NEUTRAL,
        topic="usage",
    ),
    MetricDef(
        id="dated_requests",
        label=gettext_noop("Requests with a known year"),
        description=gettext_noop("Licensed full text opened whose year of publication is known."),
        formula=gettext_noop("Requests of licensed content with a year of publication."),
        unit=Unit.COUNT,
        grain=BY_TITLE,
        additivity=Additivity.ADDITIVE,
        compute=_count(f"{_CONTROLLED} and is_backfile is not null"),
        source=COUNTER,
        example=gettext_noop("18 requests, 2 of them without a year: 16."),
        direction=Direction.NEUTRAL,
        topic="usage",
    ),
    MetricDef(
        id="backfile_share",
        label=gettext_noop("Backfile share"),
        description=gettext_noop("How much of the use is of content from before this year."),
        formula=gettext_noop("requests of the backfile / requests with a known year x 100"),
        unit=Unit.PERCENT,
        grain=BY_TITLE,
        additivity=Additivity.RATIO,
        compute=_share(
            "backfile_requests",
            gettext_noop("Requests of the backfile"),
            "dated_requests",
            gettext_noop("Requests with a known year"),
        ),
        source=COUNTER,
        example=gettext_noop("12 of 16 requests: 75 %."),
        direction=Direction.NEUTRAL,
        topic="usage",
    ),
    MetricDef(
        id="cost_per_use",
        label=gettext_noop("Cost per use"),
        description=gettext_noop("What the account pays us for each unique request."),
        formula=gettext_noop("sell-in / unique requests"),
        unit=Unit.MONEY,
        per="use",
        grain=BY_TITLE,
        additivity=Additivity.RATIO,
        compute=Formula(
            (
                ("fee", Input("sell_in", gettext_noop("Sell-in"))),
                ("used", Input("unique_requests", _UNIQUE_LABEL)),
            ),
            "fee",
            "used",
        ),
        source=COUNTER,
        example=gettext_noop("A fee of 90 and 18 unique requests: 5.00 each."),
        direction=Direction.DOWN,
        topic="usage",
    ),
    MetricDef(
        id="entitled_titles",
        label=gettext_noop("Titles one may read"),
        description=gettext_noop("Different titles that the account's title lists open to it."),
        formula=gettext_noop(
            "Number of different titles with access type Controlled in the account's title lists "
            "(KBART) of these months."
        ),
        unit=Unit.COUNT,
        grain=gettext_noop("account x package x title x month"),
        additivity=Additivity.RATIO,
        compute=Aggregate(
            "entitlement",
            "1",
            Measure.COUNT,
            Fold.DISTINCT,
            "access_type = 'Controlled' and quantity > 0",
            distinct=("title",),
        ),
        source=KBART,
        example=gettext_noop("Two journals in one package, one of them in another too: 2."),
        topic="usage",
    ),
    MetricDef(
        id="unique_requests_r5",
        label=gettext_noop("Unique requests (release 5)"),
        description=gettext_noop(
            "Unique requests as release 5 counted them, until 2024. They are never added to those "
            "of release 5.1, which counts chapters instead of books: a break in the series."
        ),
        formula=gettext_noop(
            "Sum of Unique_Item_Requests of titles with access method Regular, release 5."
        ),
        unit=Unit.COUNT,
        grain=BY_TITLE,
        additivity=Additivity.ADDITIVE,
        compute=_count(
            "family = 'TR' and access_method = 'Regular' and release = '5' "
            "and metric_type = 'Unique_Item_Requests'"
        ),
        source=COUNTER_5,
        example=gettext_noop("One article opened three times in a session: 1."),
        topic="usage",
    ),
)
