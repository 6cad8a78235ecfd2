"""What endpoints of every room share: pages of a list, the status of an error."""

from keystead.kit.http.errors import status_of
from keystead.kit.http.paging import MAX_LIMIT, page_of

__all__ = ["MAX_LIMIT", "page_of", "status_of"]
