"""gunicorn's own two logs, which hold every address that is asked for. Named in ``gunicorn.conf.py``."""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger

from portal.core.secrecy import SecrecyFormatter


class SecrecyLogger(Logger):
    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for log, form in ((self.error_log, self.error_fmt), (self.access_log, self.access_fmt)):
            for handler in log.handlers:
                handler.setFormatter(SecrecyFormatter(form, self.datefmt))
