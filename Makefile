# Everything installs what it lacks first; see scripts/bootstrap.
PYTHON = .venv/bin/python

.PHONY: demo test check lint types unit audit bench bench-scale soak clean

demo:
	@scripts/bootstrap run
	@.venv/bin/dxlab demo topologies/private-vif.yml

test:
	@scripts/bootstrap test
	@scripts/test

check: lint types test

lint:
	@scripts/bootstrap test
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

types:
	@scripts/bootstrap test
	.venv/bin/mypy

unit:
	@scripts/bootstrap test
	$(PYTHON) -m pytest -m "not (root or docker or uml or client)"

audit:
	@scripts/bootstrap audit
	@.venv/bin/pip-audit --strict --no-deps --disable-pip --progress-spinner off --requirement requirements.lock || { \
	    echo "audit: an advisory stands above, or a package could not be looked up, which needs the internet" >&2; \
	    exit 1; }

bench:
	@scripts/bootstrap test
	$(PYTHON) -m benchmarks

bench-scale:
	@scripts/bootstrap bench
	$(PYTHON) -m benchmarks.scale

soak:
	@scripts/bootstrap test
	$(PYTHON) -m benchmarks.soak $(SOAK)

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build ./*.egg-info
