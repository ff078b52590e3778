"""What holds for every gunicorn of the portal; it reads this from the folder it is started in."""

logger_class = "portal.core.gunicorn_log.SecrecyLogger"
# Who stands in front is for TRUSTED_PROXY_COUNT to say, in one place (portal.core.hardening).
forwarded_allow_ips = ""
