# Everything a person needs, one word each; the work itself is in .ci/ and in the filiera command.
.DEFAULT_GOAL := help
.PHONY: help demo setup test check figures screens app lock

help:
	@echo "make demo      a running platform with the real demonstration (PORT=8000, DATA=folder)"
	@echo "make test      everything installed that the tests need, all tests run"
	@echo "make check     format, lint, types, import rules, migrations, translations"
	@echo "make setup     .venv/ with everything locked; the others do it first"
	@echo "make figures   the benchmark tables, printed and written to build/figures/"
	@echo "make screens   pages as pictures in build/screens/ (PATHS=\"/ /directory/\")"
	@echo "make app name=… the rooms of a new app"
	@echo "make lock      requirements/locked.txt anew"

# A second word after "screens" is an address, not a target: make screens /directory/
ifeq (screens,$(firstword $(MAKECMDGOALS)))
PATHS += $(wordlist 2,$(words $(MAKECMDGOALS)),$(MAKECMDGOALS))
$(eval $(wordlist 2,$(words $(MAKECMDGOALS)),$(MAKECMDGOALS)):;@:)
endif

setup:
	@.ci/setup

demo: setup
	@.venv/bin/filiera demo $(if $(PORT),--port $(PORT)) $(if $(DATA),--data $(DATA))

test: setup
	@.ci/test $(ARGS)

check: setup
	@.ci/check

figures: setup
	@.ci/figures

screens: setup
	@.venv/bin/python -m tests.screens.take $(PATHS)

app: setup
	@.venv/bin/python -m filiera.config.new_app $(name)

lock:
	@.ci/lock
