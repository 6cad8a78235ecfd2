"""Settings of the test suite: a home folder per process, fast passwords, nothing of the user's."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

_home = tempfile.mkdtemp(prefix="keystead-test-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ["KEYSTEAD_HOME"] = _home
os.environ["KEYSTEAD_SECRET_KEY"] = "only-for-tests-" + "x" * 50
os.environ.pop("KEYSTEAD_USER", None)

from keystead.config.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
KEYSTEAD_PASSWORD_VALIDATORS = list(AUTH_PASSWORD_VALIDATORS)  # noqa: F405 - for their tests
AUTH_PASSWORD_VALIDATORS.clear()  # noqa: F405 - any password will do
WHITENOISE_AUTOREFRESH = True
