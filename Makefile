# Bootlace. `make help` lists the verbs; `go build ./cmd/bootlace` alone works too.

GO      ?= go
PKGS    := ./...
FUZZTIME ?= 10s
LINT    := $(GO) tool -modfile=tools/go.mod golangci-lint
VULN    := $(GO) tool -modfile=tools/go.mod govulncheck
export CGO_ENABLED ?= 0

.DEFAULT_GOAL := help

help: ## list the verbs
	@awk -F':.*## ' '/^[a-z0-9-]+:.*## /{printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## one static binary in bin/
	$(GO) build -trimpath -o bin/bootlace ./cmd/bootlace

test: ## unit tests (real sockets in namespaces need root; they say so when they skip)
	$(GO) test $(PKGS)

race: ## unit tests with the race detector
	CGO_ENABLED=1 $(GO) test -race $(PKGS)

lint: ## gofmt, vet, golangci-lint (pinned in tools/go.mod), generated files, and that every system compiles
	@out=$$(gofmt -l $$(git ls-files '*.go')); [ -z "$$out" ] || { echo "gofmt would change:"; echo "$$out"; exit 1; }
	$(GO) vet $(PKGS)
	$(LINT) run $(PKGS)
	cd tools/packages && $(GO) vet ./... && $(GO) tool -modfile=../go.mod golangci-lint run ./...
	GO=$(GO) tools/generate.sh
	@$(MAKE) --no-print-directory cross

cross: ## compile for every system and architecture we promise
	@set -e; for t in linux/amd64 linux/arm64 linux/arm linux/riscv64 darwin/arm64 freebsd/amd64 windows/amd64; do \
		echo "build $$t"; GOOS=$${t%/*} GOARCH=$${t#*/} $(GO) vet $(PKGS); done

generate: ## write anew what is made from the code: tables of the documentation, the JSON Schema
	$(GO) generate $(PKGS)

fuzz: ## each fuzz target for FUZZTIME (default 10s)
	@FUZZTIME=$(FUZZTIME) GO=$(GO) sh tools/fuzz.sh

e2e: ## boot real firmware in QEMU (root; needs the packages of tools/deps.sh)
	BOOTLACE_E2E=1 $(GO) test -count=1 -v -timeout 2h ./e2e

mounts: ## compare what internal/iso reads with what Debian's kernel mounts, in QEMU (needs the packages of tools/deps.sh)
	GO=$(GO) sh tools/mounts.sh

demo: ## boot a virtual PC from YAML to a Linux kernel, with its console shown (root; installs what it needs)
	tools/demo.sh

check: ## everything CI runs (root; installs what it needs)
	tools/test.sh

bench: ## measure beside dnsmasq, tftpd-hpa, atftpd and pin/tftp (root)
	$(GO) run ./bench

vuln: ## known vulnerabilities in what we build on
	$(VULN) $(PKGS)

packages: ## .deb, .rpm, .apk, plain binaries, a container image and SBOMs in dist/ (docs/releasing.md); ARCHS="amd64" for fewer
	rm -rf dist
	GO=$(GO) tools/packages.sh dist $(ARCHS)

image: ## a container image for this machine in dist/image.tar and, as an OCI layout, dist/image; needs no daemon
	rm -rf dist
	GO=$(GO) KINDS= tools/packages.sh dist $$($(GO) env GOARCH)

clean: ## what the verbs above made
	rm -rf bin dist

.PHONY: help build test race lint cross generate fuzz e2e mounts demo check bench vuln packages image clean
