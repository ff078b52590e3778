"""What one would write by hand: a Django project of one file, no middleware, no apps, the same tables.

It reads the same number of rows as the portal's pages and answers with the least that shows them.
"""

from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from portal import env

settings.configure(
    SECRET_KEY="bare-" + "0" * 32,
    ALLOWED_HOSTS=["localhost"],
    INSTALLED_APPS=["benchmarks"],
    ROOT_URLCONF="benchmarks.bare_views",
    DATABASES={"default": env.database()},
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [Path(__file__).parent / "templates"],
        }
    ],
    LANGUAGE_CODE="zh-hans",
    USE_TZ=True,
    TIME_ZONE="Asia/Shanghai",
)
application = get_wsgi_application()
