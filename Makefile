PYTHON ?= python3
PORT ?= 8000
DB ?= postgresql
PY := .venv/bin/python
UV_COMPILE := .venv/bin/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links \
	--no-header --no-annotate --python-version 3.11

.DEFAULT_GOAL := help
.PHONY: help run test matrix mutants check bench deadline faults lock messages ready-for-run ready-for-test ready-for-check

help:
	@echo "make run [PORT=8000]  the portal with everything it needs, on this machine"
	@echo "make test [ARGS=…]    the tests, on PostgreSQL + Redis and on SQLite, and in a browser"
	@echo "make matrix           who gets what, asked as everybody (make test asks as some of them)"
	@echo "make mutants          takes each guard away in turn, and says which of them the tests miss"
	@echo "make check            style, types, layers, templates, migrations, lock files, known holes"
	@echo "make bench            what pages cost, against a bare Django view"
	@echo "make deadline [DB=sqlite]  the last minutes before a deadline, played, and then the books"
	@echo "make faults           kills and cuts what can be killed and cut, and then the books"
	@echo "make lock             the lock files, from pyproject.toml"
	@echo "make messages         the message catalogues, from code and templates"

run: ready-for-run
	@$(PY) manage.py serve --stop-with-parent --port '$(PORT)'

test: ready-for-test
	@$(PY) -m tests.run $(ARGS)

matrix: ready-for-test
	@WHOLE_MATRIX=1 $(PY) -m pytest -q -n 2 $(ARGS) tests/visibility

mutants: ready-for-test
	@$(PY) scripts/mutants.py $(ARGS)

check: ready-for-check
	@$(PY) scripts/check.py

bench: ready-for-check
	@$(PY) benchmarks/run.py

deadline: ready-for-test
	@$(PY) benchmarks/deadline.py --db '$(DB)' $(ARGS)

faults: ready-for-test
	@$(PY) benchmarks/faults.py $(ARGS)

lock: ready-for-check
	$(UV_COMPILE) pyproject.toml -o requirements.lock
	$(UV_COMPILE) --extra dev --extra s3 -c requirements.lock pyproject.toml -o requirements-dev.lock
	$(UV_COMPILE) --extra s3 -c requirements-dev.lock pyproject.toml -o requirements-production.lock

messages: ready-for-test
	$(PY) manage.py makemessages --locale zh_Hans --no-obsolete --add-location file \
		--ignore '.venv/*' --ignore 'var/*' --ignore 'tests/*' --ignore 'benchmarks/*'

ready-for-run ready-for-test ready-for-check: ready-for-%:
	@command -v '$(PYTHON)' >/dev/null || { echo "$(PYTHON) is missing: the portal needs Python 3.11 or newer."; exit 1; }
	@'$(PYTHON)' scripts/prepare.py $*
