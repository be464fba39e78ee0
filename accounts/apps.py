"""Registers the stage, what it keeps under the master key, and who reviews what."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import reviewers, wrapped  # noqa: PLC0415 (needs the models)
        from privacy import rotation  # noqa: PLC0415
        from privacy.services import on_deed  # noqa: PLC0415

        on_deed.append(reviewers.see_to)
        rotation.elsewhere.append(wrapped.kept)
