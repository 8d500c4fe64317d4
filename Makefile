# Everything a newcomer needs: `make run`, `make test`. The rest is in CONTRIBUTING.md.
.DEFAULT_GOAL := help
SHELL := /bin/bash
VENV := .venv

.PHONY: help run build test lint fmt bench deps openapi

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | expand -t 12

run: ## Build and start the demo on SQLite; prints where to look and how to sign in
	cargo run --quiet --bin rishi -- serve --demo

build: ## Build the release binary, target/release/rishi
	cargo build --release --bin rishi

test: deps ## Run all tests; fetches and starts by itself what they need
	cargo nextest run --workspace --no-fail-fast
	cargo test --workspace --doc --quiet

lint: deps ## Format, clippy, supply chain
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --quiet -- -D warnings
	cargo deny --log-level error check bans licenses sources

fmt: ## Format the code
	cargo fmt --all

bench: ## Measure against the machine's own limits; see docs/performance.md
	bash tools/deps.sh wrk
	cargo bench -p rishi-server --bench platform

openapi: ## Write the generated documents in docs/
	cargo run --quiet --bin rishi -- openapi > docs/openapi.json

deps: ## Install what tests and lints need and this machine lacks
	@bash tools/deps.sh nextest deny python
