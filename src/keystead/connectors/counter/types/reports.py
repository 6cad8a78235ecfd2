"""The sixteen reports of release 5.1, declared as data (COUNTER Code of Practice 5.1, part 4)."""

from __future__ import annotations

import dataclasses

SEARCHES = ("Searches_Automated", "Searches_Federated", "Searches_Regular")
ITEMS = (
    "Total_Item_Investigations", "Total_Item_Requests",
    "Unique_Item_Investigations", "Unique_Item_Requests",
)  # fmt: skip
TITLES = ("Unique_Title_Investigations", "Unique_Title_Requests")
TURNAWAYS = ("Limit_Exceeded", "No_License")
METRICS: tuple[str, ...] = (*SEARCHES, "Searches_Platform", *ITEMS, *TITLES, *TURNAWAYS)

BOOKS = ("Book", "Reference_Work")
DATABASES = ("Database_Aggregated", "Database_AI", "Database_Full")
MULTIMEDIA = ("Audiovisual", "Image", "Interactive_Resource", "Multimedia", "Sound")
TITLE_TYPES = (
    "Book", "Conference", "Journal", "Newspaper_or_Newsletter", "Other", "Patent",
    "Reference_Work", "Report", "Standard", "Thesis_or_Dissertation", "Unspecified",
)  # fmt: skip
ITEM_TYPES = (
    "Article", "Audiovisual", "Book_Segment", "Conference_Item", "Database_Full_Item", "Dataset",
    "Image", "Interactive_Resource", "Multimedia", "News_Item", "Other", "Patent",
    "Reference_Item", "Report", "Software", "Sound", "Standard", "Thesis_or_Dissertation",
    "Unspecified",
)  # fmt: skip
HOST_TYPES = (
    "Audiovisual", "Book", "Conference", "Database_Full_Item", "Image", "Interactive_Resource",
    "Journal", "Multimedia", "Newspaper_or_Newsletter", "Other", "Patent", "Reference_Work",
    "Report", "Sound", "Standard", "Thesis_or_Dissertation", "Unspecified",
)  # fmt: skip
PLATFORM_TYPES = (*sorted({*TITLE_TYPES, *ITEM_TYPES, "Platform"}),)
ACCESS_TYPES = ("Controlled", "Free_To_Read", "Open")
ACCESS_METHODS = ("Regular", "TDM")

_IDS = ("doi", "proprietary_id", "isbn", "print_issn", "online_issn", "uri")
_JOURNAL_IDS = ("doi", "proprietary_id", "print_issn", "online_issn", "uri")
_PLAIN_ITEM_IDS = ("doi", "proprietary_id", "uri")
_OF_PUBLISHER = ("publisher", "publisher_id", "platform")
_TITLE = ("title", *_OF_PUBLISHER, *_IDS)
_JOURNAL = ("title", *_OF_PUBLISHER, *_JOURNAL_IDS)
_DATABASE = ("database", *_OF_PUBLISHER, "proprietary_id")
_AUTHORED = ("authors", "publication_date", "article_version")
_PARENT = (
    "parent_title", "parent_authors", "parent_publication_date", "parent_article_version",
    "parent_data_type", *(f"parent_{name}" for name in _IDS),
)  # fmt: skip
_ARTICLE_PARENT = (
    "parent_title", "parent_authors", "parent_article_version",
    *(f"parent_{name}" for name in _JOURNAL_IDS),
)  # fmt: skip


@dataclasses.dataclass(frozen=True, kw_only=True)
class ReportDef:
    """One report: what it counts, of what, and how a view follows from its full report.

    ``columns``: what identifies a row, in the tabular order, without the attributes a full
    report may be asked to show (``optional``). ``filters`` of a view are also what its header
    states. ``unique`` columns are those that a view keeps apart beside the identifiers.
    """

    id: str
    name: str
    full: str  # the full report it is derived from; its own id when it is one
    columns: tuple[str, ...]
    attributes: tuple[str, ...]  # shown in every row
    optional: tuple[str, ...]  # shown when asked for
    metrics: tuple[str, ...]
    data_types: tuple[str, ...]
    access_type: str = ""

    @property
    def is_view(self) -> bool:
        return self.full != self.id

    @property
    def shows(self) -> tuple[str, ...]:
        return (*self.columns, *self.attributes)


def _view(
    id: str,
    name: str,
    columns: tuple[str, ...],
    attributes: tuple[str, ...],
    metrics: tuple[str, ...],
    data_types: tuple[str, ...],
    access: str = "",
) -> ReportDef:
    return ReportDef(
        id=id, name=name, full=id.split("_", maxsplit=1)[0], columns=columns,
        attributes=attributes, optional=(), metrics=metrics, data_types=data_types,
        access_type=access,
    )  # fmt: skip


_ALL_DATABASE_TYPES = (*DATABASES, *HOST_TYPES)
_REQUESTS = ("Total_Item_Requests", "Unique_Item_Requests")
REPORTS: tuple[ReportDef, ...] = (
    ReportDef(id="PR", name="Platform Report", full="PR", columns=("platform",),
              attributes=("data_type",), optional=("access_method",),
              metrics=("Searches_Platform", *ITEMS, *TITLES), data_types=PLATFORM_TYPES),
    _view("PR_P1", "Platform Usage", ("platform",), ("data_type",),
          ("Searches_Platform", *_REQUESTS, "Unique_Title_Requests"), PLATFORM_TYPES),
    ReportDef(id="DR", name="Database Report", full="DR", columns=_DATABASE,
              attributes=("data_type",), optional=("access_method",),
              metrics=(*SEARCHES, *ITEMS, *TITLES, *TURNAWAYS), data_types=_ALL_DATABASE_TYPES),
    _view("DR_D1", "Database Search and Item Usage", _DATABASE, (), (*SEARCHES, *ITEMS),
          _ALL_DATABASE_TYPES),
    _view("DR_D2", "Database Access Denied", _DATABASE, (), TURNAWAYS, _ALL_DATABASE_TYPES),
    ReportDef(id="TR", name="Title Report", full="TR", columns=_TITLE, attributes=("data_type",),
              optional=("yop", "access_type", "access_method"),
              metrics=(*ITEMS, *TITLES, *TURNAWAYS), data_types=TITLE_TYPES),
    _view("TR_B1", "Book Requests (Controlled)", _TITLE, ("data_type", "yop"),
          ("Total_Item_Requests", "Unique_Title_Requests"), BOOKS, "Controlled"),
    _view("TR_B2", "Book Access Denied", _TITLE, ("data_type", "yop"), TURNAWAYS, BOOKS),
    _view("TR_B3", "Book Usage by Access Type", _TITLE, ("data_type", "yop", "access_type"),
          (*ITEMS, *TITLES), BOOKS),
    _view("TR_J1", "Journal Requests (Controlled)", _JOURNAL, (), _REQUESTS, ("Journal",),
          "Controlled"),
    _view("TR_J2", "Journal Access Denied", _JOURNAL, (), TURNAWAYS, ("Journal",)),
    _view("TR_J3", "Journal Usage by Access Type", _JOURNAL, ("access_type",), ITEMS,
          ("Journal",)),
    _view("TR_J4", "Journal Requests by YOP (Controlled)", _JOURNAL, ("yop",), _REQUESTS,
          ("Journal",), "Controlled"),
    ReportDef(id="IR", name="Item Report", full="IR",
              columns=("item", *_OF_PUBLISHER, *_AUTHORED, *_IDS, *_PARENT),
              attributes=("data_type",), optional=("yop", "access_type", "access_method"),
              metrics=(*ITEMS, *TURNAWAYS), data_types=ITEM_TYPES),
    _view("IR_A1", "Journal Article Requests",
          ("item", *_OF_PUBLISHER, *_AUTHORED, *_JOURNAL_IDS, *_ARTICLE_PARENT),
          ("access_type",), _REQUESTS, ("Article",)),
    _view("IR_M1", "Multimedia Item Requests", ("item", *_OF_PUBLISHER, *_PLAIN_ITEM_IDS),
          ("data_type",), _REQUESTS, MULTIMEDIA),
)  # fmt: skip
_BY_ID = {one.id: one for one in REPORTS}


def report_def(report_id: str) -> ReportDef | None:
    """Return the declaration of a report, or None for one that COUNTER does not know.

    >>> report_def("TR_J1").full, report_def("JR1")
    ('TR', None)
    """
    return _BY_ID.get(report_id)
