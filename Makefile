# SPDX-License-Identifier: MIT
# The short ways in: each target sets up what it needs (scripts/setup), then calls CMake by a preset of CMakePresets.json.
# T=REGEX narrows the tests, BENCH=WORD the benchmarks, SECONDS=N the time of each fuzz target.

PREFIX  ?= /usr/local
BUILD    = build/release
JOBS    ?= $(shell nproc)
SECONDS ?= 30
T       ?=
BENCH   ?=

configure = @cmake --preset $(1) $(2) --log-level=WARNING > /dev/null
compile   = $(call configure,$(1)) && cmake --build --preset $(1) -j $(JOBS)
check     = $(call compile,$(1)) && ctest --preset $(1) -j $(JOBS) $(if $(T),-R '$(T)') $(2)

.PHONY: help demo test build test-asan test-tsan test-oom test-aarch64 bench bench-deps lint format docs fuzz install clean

help: ## say what each target does
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: build ## install what is missing, build, and download 20 files one by one, in threads and in coroutines
	@build/release/bin/cede demo

test: ## install what is missing, build, and run every test but the slow ones
	@scripts/setup build test
	$(call check,dev,-LE slow)

build: ## build the libraries and the tool, optimised: build/release/bin/cede
	@scripts/setup build
	$(call compile,release)

test-asan: ## run the tests under AddressSanitizer and UndefinedBehaviorSanitizer
	@scripts/setup build test
	$(call check,asan,-LE slow)

test-tsan: ## run the tests under ThreadSanitizer
	@scripts/setup build test
	$(call check,tsan,-LE slow)

test-oom: ## run the tests in which every allocation fails in turn
	@scripts/setup build test
	$(call check,dev,-L oom)

test-aarch64: ## build libcede for 64-bit Arm and run its tests under qemu-user
	@scripts/setup build test aarch64
	$(call check,aarch64,-LE slow)

bench: ## measure cede beside its peers; BENCH=WORD narrows; lines of JSON go to build/bench.jsonl
	@scripts/setup build
	$(call compile,bench)
	@bench/run $(BENCH)

bench-deps: ## install the peers that the benchmarks compare with
	@scripts/setup build bench

lint: ## check format, clang-tidy, floors, contracts, banned calls and sizes
	@scripts/setup build test lint
	$(call configure,dev)
	@scripts/lint

format: ## lay out every C file as .clang-format says, wrap wide comments, put right what pages quote
	@scripts/setup lint
	@scripts/format
	@scripts/check-docs --write

docs: ## check that links resolve and that quoted code is the code of the examples
	@scripts/setup docs
	@scripts/check-docs

fuzz: ## run each fuzz target for SECONDS (30) with libFuzzer, and as long with AFL++
	@scripts/setup build fuzz
	$(call compile,fuzz)
	$(call compile,afl)
	@scripts/fuzz $(SECONDS)

install: build ## install libraries, headers, pkg-config files, CMake package and tool under PREFIX (/usr/local); DESTDIR is obeyed
	@cmake --install $(BUILD) --prefix $(PREFIX)

clean: ## remove everything that was built
	@rm -rf build
