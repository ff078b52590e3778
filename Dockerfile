# One image for web, worker and beat; the command says which.
FROM python:3.11-slim-bookworm AS dependencies
COPY requirements-production.lock /tmp/
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r /tmp/requirements-production.lock

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install --yes --no-install-recommends fonts-noto-cjk libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --uid 10001 portal \
    && install --directory --owner portal /srv/portal/var /srv/portal/var/parts /srv/portal/files
COPY --from=dependencies /opt/venv /opt/venv
WORKDIR /srv/portal
COPY . .
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PORTAL_MODE=production \
    PORTAL_VAR=/srv/portal/var \
    STATIC_ROOT=/srv/portal/static-collected
# Static files and catalogues belong to the image. The key given here dies with this build.
RUN export PORTAL_MODE=embedded PORTAL_VAR=/tmp/build SECRET_KEY=a-key-for-collecting-static-files-only \
    && python manage.py compile_catalogues \
    && python manage.py collectstatic --no-input --ignore redoc \
    && rm -r /tmp/build
USER portal
EXPOSE 8000
CMD ["gunicorn", "portal.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--no-control-socket"]
