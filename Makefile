# Each target does its own set-up. `make` without a target lists them.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON := .venv/bin/python
# Rules, readers, schemas, pages and documentation: nothing here starts Kafka or Redis.
UNIT := tests/unit tests/property tests/docs
# Tests wait for servers more than they work, so four at once are sooner done, on two cores too.
# The rough night keeps every core busy and has its time limits, so it is run alone.
ROUGH := tests/chaos/test_chaos.py
AT_ONCE := -n 4 --dist loadfile --no-loadscope-reorder

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: install
install: ## Make .venv with livecount in it, if it is missing or stale
	@scripts/install run

.PHONY: install-dev
install-dev: ## The same with what tests and checks need
	@scripts/install dev

.PHONY: demo
demo: install ## Watch the Barnet count of 2014 arrive through real Kafka, Faust and Redis
	@$(PYTHON) -m services.cli demo

.PHONY: unit
unit: install-dev ## Run the tests that need no server
	$(PYTHON) -m pytest $(AT_ONCE) $(UNIT)

.PHONY: test
test: install-dev ## Run every test, on real Kafka, Redis and Chromium
	@scripts/install-chromium
	@scripts/install-faketime
	@scripts/install-redis-tools
	@scripts/install-promtool
	$(PYTHON) -m pytest $(AT_ONCE) --ignore $(ROUGH)
	$(PYTHON) -m pytest $(ROUGH)

.PHONY: chaos
chaos: install-dev ## Break every part of a night while it is counted; CHAOS_SEED=… repeats one
	@scripts/install-faketime
	$(PYTHON) -m pytest -s tests/chaos

.PHONY: chaos-long
chaos-long: install-dev ## The same for an hour: 500 faults over 200,000 declarations
	@scripts/install-faketime
	$(PYTHON) -m pytest -s tests/chaos -m long

.PHONY: feeds-long
feeds-long: install-dev ## Play all of England in 2021 through each feed, which is killed again and again
	$(PYTHON) -m pytest -m long tests/integration/services/feeds

.PHONY: fuzz-long
fuzz-long: install-dev ## Send a million events at the bounds of the schemas through everything (hours); FUZZ_SEED=… repeats it
	$(PYTHON) -m tests.fuzz --events 1000000 $(if $(FUZZ_SEED),--seed $(FUZZ_SEED))
	FUZZ_REQUESTS=20000 $(PYTHON) -m pytest --timeout 3600 $(shell find tests -name test_parameters.py)

.PHONY: slips
slips: install-dev ## Seed 10,000 slips in past nights and see which are caught; SLIPS_SEED=… has others
	$(PYTHON) -m tests.slips $(if $(SLIPS_SEED),--seed $(SLIPS_SEED))

.PHONY: certificates
certificates: install-dev ## Check the certificates of all nights, and a million mutants of them (long); CERTIFICATES_SEED=… has others
	$(PYTHON) -m tests.certificates $(if $(CERTIFICATES_SEED),--seed $(CERTIFICATES_SEED))

.PHONY: recovery
recovery: install-dev ## Measure takeover, restart and rebuild, and the same of a naive Faust app
	$(PYTHON) -m tests.chaos.measure_recovery

.PHONY: check
check: install-dev ## Check code, types, imports and generated files; edits nothing
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(PYTHON) -m schemas.generate --check
	$(PYTHON) -m scripts.reference --check
	$(PYTHON) -m scripts.licences --check

.PHONY: fmt
fmt: install-dev ## Format the code and fix what can be fixed automatically
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

.PHONY: stack-up
stack-up: install ## Start Kafka and Redis on this machine
	@$(PYTHON) -m services.cli stack up

.PHONY: stack-down
stack-down: install ## Stop them; their data stay
	@$(PYTHON) -m services.cli stack down

.PHONY: compose-up
compose-up: ## Build the image and start everything with Docker
	@scripts/docker-version
	@scripts/secrets
	LIVECOUNT_VERSION="$$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)" \
	LIVECOUNT_REVISION="$${LIVECOUNT_REVISION:-$$(git rev-parse HEAD 2>/dev/null)}" \
		docker compose up --build --detach --wait

.PHONY: compose-down
compose-down: ## Stop it; its data stay
	docker compose down

.PHONY: compose-check
compose-check: ## Run a night with Docker and break it; without Docker in a Debian of its own (root)
	@python3 -m scripts.compose_check

.PHONY: compose-pin
compose-pin: ## Ask the registry for the digests of the images that are used, and write them to .env
	@scripts/pin-images

.PHONY: mutate
mutate: install-dev ## Change the rules in thousands of small ways and check that tests notice (long)
	rm -rf mutants
	.venv/bin/mutmut run --max-children 2
	.venv/bin/mutmut results

.PHONY: schemas
schemas: install-dev ## Write the JSON Schemas and the AsyncAPI document from the models
	$(PYTHON) -m schemas.generate

.PHONY: reference
reference: install-dev ## Write the reference pages from the code
	$(PYTHON) -m scripts.reference

.PHONY: licences
licences: install-dev ## Write the list of licences that livecount runs under
	$(PYTHON) -m scripts.licences

.PHONY: audit
audit: install-dev ## Ask the database of the Python packaging authority for known holes
	.venv/bin/pip-audit --strict --require-hashes --disable-pip -r requirements/run.txt

.PHONY: sbom
sbom: install-dev ## Write build/livecount.cdx.json, the bill of materials (CycloneDX)
	@mkdir -p build
	.venv/bin/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible \
		--spec-version 1.6 --output-file build/livecount.cdx.json requirements/run.txt

.PHONY: alert-texts
alert-texts: install-dev ## Write every alert of England 2021 and London 2014 to build/alert-texts.txt
	$(PYTHON) -m scripts.alert_texts build/alert-texts.txt england-2021 london-2014

.PHONY: bench
bench: ## Measure livecount and its peers, and write docs/performance.md (long)
	@scripts/install bench
	@scripts/install-chromium .venv-bench
	.venv-bench/bin/python -m benchmarks

.PHONY: bench-quick
bench-quick: ## One short round of the same; writes no page
	@scripts/install bench
	.venv-bench/bin/python -m benchmarks --quick

.PHONY: slow-clients
slow-clients: install-dev ## Measure sound clients beside 4,000 of each kind of slow ones (long)
	$(PYTHON) -m benchmarks.slow_clients

.PHONY: acceptance
acceptance: install-dev ## Measure how long after the desk accepts a held result its alert is out
	$(PYTHON) -m benchmarks.acceptance

.PHONY: soak
soak: install-dev ## Whether anything grows in 24 hours' worth of nights at ten times their speed (hours)
	$(PYTHON) -m benchmarks.soak

.PHONY: memory
memory: install-dev ## Measure what a night of 400 councils takes in aggregator and ticker
	$(PYTHON) -m benchmarks.memory

.PHONY: screenshots
screenshots: install-dev ## Take the pictures in docs/images from past nights
	@scripts/install-chromium
	$(PYTHON) -m scripts.screenshots

.PHONY: clean
clean: ## Stop the stack and remove everything that was made, .venv included
	@if [ -x .venv/bin/livecount ]; then .venv/bin/livecount stack down; fi
	rm -rf .venv .venv-bench .local build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis \
		.import_linter_cache mutants .coverage .coverage.*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
