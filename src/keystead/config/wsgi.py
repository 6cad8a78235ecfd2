"""WSGI entry for granian."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keystead.config.settings")
application = get_wsgi_application()

# What was loaded stays for good, so the search for garbage need not go through it again and again;
# and a page makes tens of thousands of short-lived objects, which count as 700 too soon.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 50)
