"""Coming in: sign-in, second step, sessions, devices, single sign-on (engine: django-allauth)."""
