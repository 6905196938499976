# Everything a person needs, one word each; the work itself is in .ci/ and in the filiera command.
.DEFAULT_GOAL := help
# Each start loads what an earlier one compiled, also where the environment tells Python to keep nothing.
export PYTHONDONTWRITEBYTECODE :=
.PHONY: help demo packages built setup test check figures screens app lock

help:
	@echo "make demo      a running platform with the real demonstration (PORT=8000, DATA=folder)"
	@echo "make test      everything installed that the tests need, all tests run"
	@echo "make check     format, lint, types, import rules, migrations, translations"
	@echo "make setup     .venv/ with everything locked and made ready, also for others than who installs"
	@echo "make figures   the benchmark tables, printed and written to build/figures/ (ONLY=solvers: a part)"
	@echo "make screens   pages as pictures in build/screens/ (PATHS=\"/ /directory/\")"
	@echo "make app name=… the rooms of a new app"
	@echo "make lock      requirements/locked.txt anew"

# A second word after "screens" is an address, not a target: make screens /directory/
ifeq (screens,$(firstword $(MAKECMDGOALS)))
PATHS += $(wordlist 2,$(words $(MAKECMDGOALS)),$(MAKECMDGOALS))
$(eval $(wordlist 2,$(words $(MAKECMDGOALS)),$(MAKECMDGOALS)):;@:)
endif

packages:
	@.ci/setup

built: packages
	@.venv/bin/python -m filiera.config.build

# Whoever serves may not be who installs: then nobody could keep what Python compiles.
setup: built
	@.venv/bin/python -m compileall -q -j 0 -x '/tests?/' .venv/lib src >/dev/null || true

demo: packages
	@.venv/bin/filiera demo $(if $(PORT),--port $(PORT)) $(if $(DATA),--data $(DATA))

test: packages
	@.ci/test $(ARGS)

check: built
	@.ci/check

figures: built
	@.ci/figures $(ONLY)

screens: built
	@.venv/bin/python -m tests.screens.take $(PATHS)

app: packages
	@.venv/bin/python -m filiera.config.new_app $(name)

lock:
	@.ci/lock
