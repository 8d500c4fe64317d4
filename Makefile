# Everything a newcomer needs: `make run`, `make test`. The rest is in CONTRIBUTING.md.
.DEFAULT_GOAL := help
SHELL := /bin/bash
VENV := .venv

.PHONY: help run build web test lint fmt bench deps openapi

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | expand -t 12

run: web ## Build and start the demo on SQLite; prints where to look and how to sign in
	cargo run --quiet --bin rishi -- serve --demo

build: web ## Build the release binary, target/release/rishi
	cargo build --release --bin rishi

web: web/node_modules ## Build the web application, which the binary takes in
	cd web && npm run --silent generate && npm run --silent build -- --logLevel warn

web/node_modules: web/package.json web/package-lock.json
	@bash tools/deps.sh node
	cd web && npm ci --no-audit --no-fund --loglevel error
	@touch $@

test: deps web ## Run all tests; fetches and starts by itself what they need
	cargo nextest run --workspace --no-fail-fast
	cargo test --workspace --doc --quiet
	cd web && npm run --silent test
	@bash tools/deps.sh chromium
	cd web && npm run --silent e2e

lint: deps web ## Format, clippy, supply chain, types, unused exports
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --quiet -- -D warnings
	cargo deny --log-level error check bans licenses sources
	cd web && npm run --silent types && npm run --silent lint

fmt: ## Format the code
	cargo fmt --all

bench: ## Measure against the machine's own limits; see docs/performance.md
	bash tools/deps.sh nats
	cargo bench -p rishi-server --bench platform

openapi: ## Write the generated documents in docs/
	cargo run --quiet --bin rishi -- openapi > docs/openapi.json

deps: ## Install what tests and lints need and this machine lacks
	@bash tools/deps.sh nextest deny promtool python nats examples oidc postgresql redis
