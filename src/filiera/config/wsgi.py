"""The pages as a WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

from filiera.shared.loading import loading

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "filiera.config.settings")

with loading():
    application = get_wsgi_application()
