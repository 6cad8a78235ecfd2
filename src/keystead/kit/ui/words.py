"""Sentences of errors raised where no page is near; the problem page translates them.

They are named here so that the catalogues hold them: ``kernel`` and ``kit.models`` know English
only, and ``{% translate error.message %}`` finds their translation when they are shown.
"""

from django.utils.translation import gettext_noop

SENTENCES = (
    gettext_noop("Your role does not allow this."),
    gettext_noop("Ask your administrator for a role that does."),
    gettext_noop(
        "Somebody else changed this in the meantime. Nothing of yours was lost: compare both."
    ),
    gettext_noop("Keep theirs, or save yours over the new version."),
    gettext_noop("This command id was used for something else."),
    gettext_noop("Reload the page and try again."),
    gettext_noop("There is no such job."),
)
