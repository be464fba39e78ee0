"""Where the scripts, sheets and signs of the pages lie in production: named by what is in them."""

from whitenoise.storage import (  # type: ignore[import-untyped]
    CompressedManifestStaticFilesStorage,
)


class NamedByContent(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Also where one script imports another, so that no page mixes two versions of them."""

    support_js_module_import_aggregation = True
