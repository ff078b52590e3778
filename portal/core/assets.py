"""Static files under names that change with what is in them."""

from __future__ import annotations

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class Assets(ManifestStaticFilesStorage):
    """Scripts may import one another: the names in their imports change as well."""

    support_js_module_import_aggregation = True
