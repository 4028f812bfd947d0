# Every command that a person or CI types. `make help` lists them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
ifdef SERVER
export MM_LAB_SERVER := $(SERVER)
endif

.PHONY: help up down ssh env status tools check-hosts format check static unit live test test-series test-faults soak bench bench-seed

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

up: ## two hosts on this machine, sample data on a, and the pair built by `pulumi up`: make up SERVER=mysql-5.7
	@lab/tools.sh
	lab/hosts.sh up a b
	lab/load-data.sh
	eval "$$(lab/env.sh)"
	pulumi stack select --create dev
	pulumi up --stack dev --yes --skip-preview
	lab/status.sh

down: ## stop and remove the hosts, the stack's state and the lab's folder
	@lab/hosts.sh down
	dir="$${MM_LAB_DIR:-.lab}"
	others="$$(find "$$dir/state/.pulumi/stacks" -name '*.json' ! -name dev.json 2>/dev/null || true)"
	[ -n "$$others" ] && echo "lab: keeping $$dir/state: it holds other stacks ($$others)" >&2 || rm -rf "$$dir/state" "$$dir"/Pulumi.dev.yaml "$$dir"/Pulumi.dev.yaml.before
	[ ! -d "$$dir" ] || rmdir --ignore-fail-on-non-empty "$$dir"

ssh: ## enter a host as root: make ssh HOST=a
	@lab/hosts.sh ssh $(or $(HOST),a)

env: ## what a shell needs for plain pulumi commands: eval "$(make -s env)"
	@lab/env.sh

status: ## who follows whom, and how that goes
	@lab/status.sh

tools: ## get what is missing: Debian packages, npm packages, the Pulumi engine, its plugins
	@lab/tools.sh

check-hosts: ## look at a stack's hosts as `up` will, and change nothing: make check-hosts STACK=prod
	@node -r ts-node/register preflight/checkHosts.ts "$(STACK)"

format: ## rewrite TypeScript, JSON and shell files in the house's format
	@node_modules/.bin/biome check --write .
	shfmt -i 4 -ci -w $$(shfmt -f .ci bench lab remote tests)

check: ## format, lint, types, tests/unit and tests/scripts: before every commit
	@lab/tools.sh apt node
	.ci/checks.sh static unit

live: ## boot hosts of the tests' own, and prove the rest on them
	@lab/tools.sh
	.ci/checks.sh live

test: ## check, live, test-series, and a sample of test-faults (five minutes of it); the last line is the sum
	@lab/tools.sh
	.ci/checks.sh static unit live series sample

test-series: ## the procedure on each series of server that the lab knows: a table, series by row
	@lab/tools.sh
	.ci/checks.sh series

test-faults: ## every fault, made for real on hosts of the tests' own while a is written to (an hour to an hour and a half)
	@lab/tools.sh
	.ci/checks.sh faults

soak: ## up and destroy interrupted at random moments: make soak RUNS=100; SEED=… makes the same ones again
	@lab/tools.sh
	RUNS='$(RUNS)' SEED='$(SEED)' .ci/checks.sh soak

bench: ## how long up, a change of roles and several pairs take, beside an empty program and a playbook: MM_BENCH_PARTS="up role"
	@lab/tools.sh
	eval "$$(lab/env.sh)"
	node_modules/.bin/ts-node bench/main.ts

bench-seed: ## how long it takes to bring a's data to b, by hand and by each method: make bench-seed SERVER=mariadb-10.11
	@lab/tools.sh
	eval "$$(lab/env.sh)"
	node_modules/.bin/ts-node bench/seed/main.ts
