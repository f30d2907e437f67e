# What a developer types. `make test` is what CI runs; `make check` is for before
# a change is handed over.
BIN := $(CURDIR)/.bin

.PHONY: help build demo test check lint fmt bench fuzz soak update tools

help:    ## what there is to type
	@grep -E '^[a-z]+: .*## ' $(MAKEFILE_LIST) | sed -E 's/: [^#]*## /\t/' | expand -t 10

build:   ## the binary, as shipped
	CGO_ENABLED=0 go build -trimpath -o freeline ./cmd/freeline

demo:    ## a whole line on this machine, with made-up callers
	go run ./cmd/freeline demo

test:    ## everything, and what it needs; P=./internal/db/... for a part
	@test/run.sh $(P)

check: tools test    ## test, and what needs the network or a clean tree
	go mod tidy -diff
	go fix -diff ./...
	$(BIN)/deadcode -test ./... > .bin/dead; test ! -s .bin/dead || { cat .bin/dead; exit 1; }
	$(BIN)/govulncheck ./...
	$(MAKE) update && git diff --exit-code

lint: $(BIN)/golangci-lint    ## what the house style can be checked by
	$(BIN)/golangci-lint run --allow-parallel-runners

fmt: $(BIN)/golangci-lint    ## format as the house style has it
	$(BIN)/golangci-lint fmt

bench:   ## one table of figures and goals, and bench.json
	@test/run.sh -- env FREELINE_TEST_BENCH=$(CURDIR)/bench.json go test -count 1 -timeout 30m -v -run '^TestBench$$' ./test/bench

fuzz:    ## each decoder of what comes from outside, for two minutes; T=10s for less
	@for p in $$(go list ./...); do for f in $$(go test -list '^Fuzz' $$p | grep '^Fuzz'); do \
		go test -run '^$$' -fuzz "^$$f$$" -fuzztime $(or $(T),2m) -fuzzminimizetime 2s $$p || exit 1; done; done

soak:    ## the long forms of the tests that kill and load
	@test/run.sh -- env FREELINE_TEST_SOAK=1 go test -timeout 2h -count 1 -p 1 ./cmd/... ./internal/channel/voice/media ./internal/db ./internal/hotline/safety ./internal/web/front ./test/...

update:  ## rewrite expected outcomes; read the diff before committing
	go -C internal/web/desk/build run .
	UPDATE=1 go test -count 1 $$(grep -rl --include='*_test.go' 'Getenv("UPDATE")' cmd internal test | xargs -n 1 dirname | sort -u | sed 's|^|./|')

tools:   ## the tools of tools/go.mod, into .bin
	GOBIN=$(BIN) go -C tools install tool

$(BIN)/golangci-lint: tools/go.mod
	GOBIN=$(BIN) go -C tools install github.com/golangci/golangci-lint/v2/cmd/golangci-lint
	@touch $@
