"""The template library ``keystead_ui``: every component of the design system."""

from keystead.kit.ui.tags import blocks, charts, figures, forms, lists, numbers, tables
from keystead.kit.ui.tags.registry import register

__all__ = ["blocks", "charts", "figures", "forms", "lists", "numbers", "register", "tables"]
