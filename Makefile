# walseal. `make help` lists what can be made.
#
# make demo and make check are the two set-up commands: each works on a machine that has nothing but
# make, so nothing here may run a compiler or pkg-config before a rule that needs it is reached.

VERSION = 0.1.0

prefix = /usr/local
bindir = $(prefix)/bin
mandir = $(prefix)/share/man
docdir = $(prefix)/share/doc/walseal
bashdir = $(prefix)/share/bash-completion/completions
zshdir = $(prefix)/share/zsh/site-functions
fishdir = $(prefix)/share/fish/vendor_completions.d
unitdir = $(prefix)/lib/systemd/system

# Where everything that is made goes; SANITIZE=address,undefined has a place of its own in there.
BUILD = build
SANITIZE =
comma = ,
OUT := $(BUILD)$(if $(SANITIZE),/sanitize-$(subst $(comma),-,$(SANITIZE)))

CFLAGS = -O2 -g
WARNINGS = -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes
WERROR =

# A probe runs once, when the first rule needs it.
once = $(eval $1 := $2)$($1)
accepted = $(if $(shell echo 'int main(void) { return 0; }' | \
	$(CC) -Werror $1 -x c -o /dev/null - 2>/dev/null && echo y),$1)
HARDENING = $(call once,HARDENING,$(if $(SANITIZE),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3) \
	-fstack-protector-strong $(call accepted,-fstack-clash-protection) \
	$(call accepted,-fcf-protection))
HARDENING_LINK = $(call once,HARDENING_LINK,-pie \
	$(call accepted,-Wl$(comma)-z$(comma)relro$(comma)-z$(comma)now) \
	$(call accepted,-Wl$(comma)-z$(comma)noexecstack))
# What looks into the process from within needs more system calls. Fuzzing is for speed, tests are over
# sooner when the compiler is.
SANITIZE_FLAGS = $(if $(SANITIZE),$(if $(findstring fuzzer,$(SANITIZE)),,-O1) \
	-fsanitize=$(SANITIZE) -fno-sanitize-recover=all \
	-fno-omit-frame-pointer -DWALSEAL_INSTRUMENTED)

# Limiting system calls is Linux's alone; there, a build that quietly did without would be a trap.
SYSTEM = $(call once,SYSTEM,$(shell uname -s))
PACKAGES = libsodium libcrypto libgcrypt zlib $(if $(filter Linux,$(SYSTEM)),libseccomp)
PACKAGES_WANTED = 'libsodium >= 1.0.18' 'libcrypto >= 3.0' 'libgcrypt >= 1.10' zlib \
	$(if $(filter Linux,$(SYSTEM)),'libseccomp >= 2.5')
PACKAGE_CFLAGS = $(call once,PACKAGE_CFLAGS,$(shell pkg-config --cflags $(PACKAGES)))
# libbz2 has no pkg-config file everywhere.
PACKAGE_LIBS = $(call once,PACKAGE_LIBS,$(shell pkg-config --libs $(PACKAGES)) -lbz2)

# Files above 2 GiB and days after 2038 where a long has 32 bits.
WIDE = -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64

COMPILE = $(CC) -std=c17 -fPIE -pthread $(HARDENING) $(WARNINGS) $(WERROR) $(WIDE) -Isrc \
	-DWALSEAL_VERSION='"$(VERSION)"' $(PACKAGE_CFLAGS) $(CPPFLAGS) $(CFLAGS) $(SANITIZE_FLAGS)
LINK = $(CC) -pthread $(HARDENING_LINK) $(CFLAGS) $(SANITIZE_FLAGS) $(LDFLAGS)
LINK_LIBS = $(PACKAGE_LIBS) $(LIBS)

SOURCES := $(shell find src -name '*.c' | sort)
OBJECTS = $(SOURCES:%.c=$(OUT)/%.o)
LIBRARY = $(OUT)/libwalseal.a
UNIT_TESTS = $(patsubst tests/%.c,$(OUT)/%,$(shell find tests/unit -name '*_test.c' | sort))
TOOLS = $(patsubst tests/%.c,$(OUT)/%,$(sort $(filter-out $(PRELOADS:$(OUT)/%.so=tests/%.c),\
	$(wildcard tests/tools/*.c))))
PRELOADS = $(addprefix $(OUT)/tools/,intruder.so stop_at_end.so)
BENCHES = $(patsubst tests/%.c,$(OUT)/%,$(sort $(wildcard tests/bench/*.c)))
FUZZERS = $(patsubst tests/%.c,$(OUT)/%,$(sort $(filter-out %/replay.c,$(wildcard tests/fuzz/*.c))))
REPLAYS = $(FUZZERS:=_replay)
PLAIN = $(OUT)/machine-plain
FAULTS = $(addprefix $(OUT)/faults/,faults.so alone clock.so)
INSTALL_DEPENDENCIES = sh tests/install-dependencies
PROCESSORS = $(call once,PROCESSORS,$(shell nproc 2>/dev/null || echo 2))
SUBMAKE = +@$(MAKE) --no-print-directory $(if $(findstring -j,$(MAKEFLAGS)),,-j$(PROCESSORS))

# make demo METHOD=openpgp
METHOD = sodium

# make V=1 shows the commands.
V =
say = $(if $(V),,@printf '  %-4s %s\n' $1 '$2' &&) $3

.DEFAULT_GOAL := all
.SECONDARY:
.DELETE_ON_ERROR:

all: $(OUT)/walseal ## build/walseal (the default)

demo: ## install what is missing (root), then archive, destroy and restore a real PostgreSQL
	@METHOD='$(METHOD)' $(INSTALL_DEPENDENCIES) demo
	$(SUBMAKE) $(OUT)/walseal
	@contrib/demo/demo $(abspath $(OUT)/walseal) '$(METHOD)'

check: ## install what is missing (root), then run every test (SANITIZE=address,undefined or thread)
	@$(INSTALL_DEPENDENCIES) check
	$(SUBMAKE) check-installed

# More than 4 GiB through gpg and back: make check-interop INTEROP_HUGE=1
INTEROP_HUGE =
INTEROP_TESTS = $(filter-out $(if $(INTEROP_HUGE),,%/huge.bats),$(wildcard tests/interop/*.bats))
check-interop: ## install the peers (root) and test with them
	@BUILD='$(OUT)' $(INSTALL_DEPENDENCIES) interop
	$(SUBMAKE) $(OUT)/walseal
	@INTEROP=all INTEROP_HUGE='$(INTEROP_HUGE)' tests/run $(INTEROP_TESTS:%=$(OUT):%)

# Each with gcc and with clang; make check-arch MACHINES=armhf-gcc for one of them.
MACHINES = $(foreach architecture,arm64 armhf s390x,$(architecture)-gcc $(architecture)-clang) \
	amd64-plain
# Of each library, nothing that is newer than the oldest version that PACKAGES_WANTED allows, or that
# is on its way out. Debian 12 has just those versions.
OLD_APIS = -DOPENSSL_API_COMPAT=30000 -DOPENSSL_NO_DEPRECATED -DGCRYPT_NO_DEPRECATED \
	-DSODIUM_LIBRARY_MINIMAL
check-arch: ## install cross compilers (root), build for other processors, test there, emulated
	@$(INSTALL_DEPENDENCIES) arch
	$(SUBMAKE) BUILD=build-arch/old-apis WERROR=-Werror CPPFLAGS='$(OLD_APIS)' all
	$(SUBMAKE) everything
	@tests/arch/run $(MACHINES)

check-stores: ## install stores and their tools (root) and test contrib/postgresql with them
	@BUILD='$(OUT)' $(INSTALL_DEPENDENCIES) stores
	$(SUBMAKE) $(OUT)/walseal
	@STORES=all tests/run $(patsubst %,$(OUT):%,$(wildcard tests/stores/*.bats))
.PHONY: check-stores

check-faults: ## let each call fail that can, one by one, in every command (long; check: a part)
	@$(INSTALL_DEPENDENCIES) check
	$(SUBMAKE) $(OUT)/walseal $(FAULTS)
	$(SUBMAKE) SANITIZE=address,undefined $(ADDRESS)/walseal $(FAULTS:$(OUT)/%=$(ADDRESS)/%)
	@THOROUGH=1 TEST_SECONDS=7200 tests/run $(OUT):tests/faults/run $(ADDRESS):tests/faults/run \
	    $(OUT):tests/faults/surroundings.bats
.PHONY: check-faults

check-thorough: ## kill more often, damage every bit, in each place: all of what check does a part of
	@$(INSTALL_DEPENDENCIES) check
	$(SUBMAKE) $(OUT)/walseal $(TOOLS) $(PRELOADS)
	@THOROUGH=1 TEST_SECONDS=7200 tests/run $(patsubst %,$(OUT):%,$(wildcard tests/cli/*.bats) \
	    tests/e2e/rekey_archive.bats tests/e2e/demo.bats)
.PHONY: check-thorough

bench: ## measure, side by side with a plain libsodium loop, and age, gpg, sq, rnp where installed
	@$(INSTALL_DEPENDENCIES) bench
	$(SUBMAKE) $(OUT)/walseal $(BENCHES)
	@tests/bench/run $(abspath $(OUT))

# libFuzzer is clang's; afl++ brings a compiler of its own. Both have folders of their own.
FUZZ_TIME = 60
FUZZ_TARGETS =
FUZZ_ENGINE = libfuzzer
FUZZ_SANITIZE = fuzzer-no-link,address,undefined
FUZZ_BUILD = $(if $(filter afl,$(FUZZ_ENGINE)),$(BUILD)/afl/sanitize-address-undefined,\
	$(BUILD)/sanitize-$(subst $(comma),-,$(FUZZ_SANITIZE)))
fuzz: ## mutate the inputs of every parser for FUZZ_TIME seconds (60) in all (FUZZ_ENGINE=afl)
	@FUZZ_ENGINE='$(FUZZ_ENGINE)' $(INSTALL_DEPENDENCIES) fuzz
ifeq ($(FUZZ_ENGINE),afl)
	$(SUBMAKE) CC=afl-clang-fast BUILD=$(BUILD)/afl SANITIZE=address,undefined fuzzers-afl
else
	$(SUBMAKE) CC=clang SANITIZE=$(FUZZ_SANITIZE) fuzzers
endif
	@FUZZ_PACKETS='$(PACKET_TARGETS)' tests/fuzz/run $(FUZZ_ENGINE) $(FUZZ_TIME) $(BUILD)/fuzz $(FUZZ_BUILD) $(FUZZ_TARGETS)

fuzz-coverage: ## what of the source the corpora of the fuzz targets reach
	@$(INSTALL_DEPENDENCIES) fuzz
	$(SUBMAKE) CC=clang BUILD=$(BUILD)/coverage-fuzz LDFLAGS=-fprofile-instr-generate \
	    CFLAGS='-O1 -g -fprofile-instr-generate -fcoverage-mapping' replays
	@tests/fuzz/coverage $(BUILD)/coverage-fuzz

# The same storm with a seed that was told: make check-chaos CHAOS_SEED=...
CHAOS_SECONDS = 600
CHAOS_SEED =
check-chaos: ## PostgreSQL under load in a storm of kills and failing stores (CHAOS_SECONDS=600), then back
	@$(INSTALL_DEPENDENCIES) check
	$(SUBMAKE) $(OUT)/walseal
	$(SUBMAKE) chaos-sodium chaos-openpgp

chaos-sodium chaos-openpgp: chaos-%:
	@WALSEAL='$(abspath $(OUT)/walseal)' CHAOS_SECONDS='$(CHAOS_SECONDS)' CHAOS_SEED='$(CHAOS_SEED)' \
	    tests/chaos/$*

DIFFERENTIAL_COUNT = 10
DIFFERENTIAL_SEED = 1
check-differential: ## install gpg, sq, rnp (root); the same messages to all of them (DIFFERENTIAL_COUNT=10)
	@$(INSTALL_DEPENDENCIES) differential
	$(SUBMAKE) $(OUT)/walseal
	@WALSEAL=$(OUT)/walseal DIFFERENTIAL_COUNT='$(DIFFERENTIAL_COUNT)' \
	    DIFFERENTIAL_SEED='$(DIFFERENTIAL_SEED)' tests/differential/run

# As gcc and as clang make it: what one leaves without a branch the other may not. Valgrind can't
# read all of clang's newest debugging information.
check-constant-time: ## install valgrind (root) and look for what depends on secrets in time
	@$(INSTALL_DEPENDENCIES) constant_time
	$(SUBMAKE) CC=gcc BUILD=$(BUILD)/gcc $(BUILD)/gcc/constant_time/secrets
	$(SUBMAKE) CC=clang CFLAGS='-O2 -g -gdwarf-4' BUILD=$(BUILD)/clang \
	    $(BUILD)/clang/constant_time/secrets
	@tests/run $(BUILD)/gcc:tests/constant_time/run
	@tests/run $(BUILD)/clang:tests/constant_time/run

completions: $(OUT)/tools/completions ## contrib/completions anew, from the table of options
	@mkdir -p contrib/completions
	$< bash >contrib/completions/walseal.bash
	$< zsh >contrib/completions/_walseal
	$< fish >contrib/completions/walseal.fish

# Those planted by hand, and MUTANTS made by machine; the same ones again: SEED=...; some of them:
# ONLY='planted io/ keys/'
MUTANTS = 120
SEED =
ONLY =
mutate: ## plant faults in copies of the source, one by one, and tell which test sees each
	@$(INSTALL_DEPENDENCIES) check
	@tests/mutation/run $(MUTANTS) '$(SEED)' $(ONLY)

# gcc's own counts, in a build of their own. What isn't reached, and why: tests/coverage/README.md.
COVERAGE_LINES = 95
COVERAGE_BRANCHES = 85
COVERAGE = $(BUILD)/coverage
COVERAGE_FLUSH = $(COVERAGE)/coverage/flush.o
COVERAGE_MAKE = $(SUBMAKE) CC=gcc BUILD='$(COVERAGE)' LIBS='$(COVERAGE_FLUSH)' \
	CFLAGS='-O0 -g -U_FORTIFY_SOURCE --coverage -fprofile-update=atomic -DWALSEAL_INSTRUMENTED' \
	LDFLAGS='$(addprefix -Wl$(comma)--wrap=,_exit raise fork execl)'
coverage: ## run the tests, but those with PostgreSQL, and tell how much of src/ they reach
	@$(INSTALL_DEPENDENCIES) coverage
	$(COVERAGE_MAKE) '$(COVERAGE_FLUSH)'
	$(COVERAGE_MAKE) everything
	@tests/coverage/run '$(COVERAGE)' $(COVERAGE_LINES) $(COVERAGE_BRANCHES) $(patsubst $(OUT)/%,\
	    $(COVERAGE):$(COVERAGE)/%,$(UNIT_TESTS) $(REPLAYS)) \
	    $(patsubst %,$(COVERAGE):%,$(wildcard tests/cli/*.bats))

# --- building

$(OUT)/walseal: $(OUT)/src/main.o $(LIBRARY)
	$(call say,LINK,$@,$(LINK) -o $@ $^ $(LINK_LIBS))

# For the unit tests: each takes from it what it needs.
$(LIBRARY): $(filter-out $(OUT)/src/main.o,$(OBJECTS))
	@rm -f $@
	$(call say,AR,$@,$(AR) rcs $@ $^)

# Another compiler or other flags make everything anew; a missing library is told here, once.
$(OUT)/flags: FORCE
	@mkdir -p $(@D)
	@command -v pkg-config >/dev/null && pkg-config --exists $(PACKAGES_WANTED) || { \
	    printf '%s\n' "walseal needs pkg-config, libsodium >= 1.0.18, OpenSSL's libcrypto >= 3.0," \
	        "libgcrypt >= 1.10, zlib, libbz2, and on Linux libseccomp >= 2.5;" \
	        "on Debian: $$($(INSTALL_DEPENDENCIES) --print build)" >&2; exit 1; }
	@printf '%s\n' '$(subst ','\'',$(COMPILE) $(LINK) $(LINK_LIBS))' >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

# What the compiler has to say stays beside the object: tests/lint reads it.
compile = $(call say,CC,$@,$(COMPILE) -MMD -MP -c -o $@ $< 2>$@.said || \
	{ cat $@.said >&2; exit 1; }; cat $@.said >&2)

$(OUT)/%.o: %.c $(OUT)/flags
	@mkdir -p $(@D)
	$(compile)

$(OUT)/%.o: tests/%.c $(OUT)/flags
	@mkdir -p $(@D)
	$(compile)

$(OUT)/%_test: $(OUT)/%_test.o $(LIBRARY)
	$(call say,LINK,$@,$(LINK) -o $@ $^ $(LINK_LIBS) -lcmocka)

# Oracles and yardsticks: they share no object with the program.
$(TOOLS) $(BENCHES): %: %.o
	$(call say,LINK,$@,$(LINK) -o $@ $^ $(LINK_LIBS))

# Those that measure walseal's own engines in memory.
$(OUT)/bench/primitives $(OUT)/bench/openpgp_primitives: $(LIBRARY)

# What is put in front of the C library.
$(PRELOADS): $(OUT)/%.so: tests/%.c $(OUT)/flags
	@mkdir -p $(@D)
	$(call say,CC,$@,$(COMPILE) -fPIC -shared -MMD -MP -o $@ $<)

# What it prints comes from the program's table of options.
$(OUT)/tools/completions: $(LIBRARY)

# A fuzz target with an engine around it, and with what only runs it over its corpus.
$(FUZZERS): %: %.o $(LIBRARY)
	$(call say,LINK,$@,$(LINK) -fsanitize=fuzzer -o $@ $^ $(LINK_LIBS))

# These are fed OpenPGP packets, which the mutator knows; afl++ loads it as a library.
PACKET_TARGETS = describe inside inspect key merge message packet
PACKET_FUZZERS = $(PACKET_TARGETS:%=$(OUT)/fuzz/%)
MUTATOR = $(OUT)/fuzz/mutator/mutate.o $(OUT)/fuzz/mutator/packets.o
MUTATOR_TEST = $(OUT)/fuzz/mutator/mutate_test
$(if $(filter afl%,$(CC)),,$(PACKET_FUZZERS)): $(OUT)/fuzz/mutator/libfuzzer.o $(MUTATOR)

$(OUT)/fuzz/mutator.so: $(wildcard tests/fuzz/mutator/*.[ch])
	@mkdir -p $(@D)
	$(call say,LINK,$@,clang -std=c17 -O2 -shared -fPIC $(WARNINGS) -o $@ \
	    $(filter %/afl.c %/mutate.c %/packets.c,$^))

$(MUTATOR_TEST): $(MUTATOR_TEST).o $(MUTATOR)
	$(call say,LINK,$@,$(LINK) -o $@ $^ $(LINK_LIBS))

$(REPLAYS): %_replay: %.o $(OUT)/fuzz/replay.o $(LIBRARY)
	$(call say,LINK,$@,$(LINK) -o $@ $^ $(LINK_LIBS))

# For a folder that tests/run takes for one of a build.
$(PLAIN)/walseal: $(OUT)/arch/no_acceleration.o $(OUT)/src/main.o $(LIBRARY)
	@mkdir -p $(@D) && ln -sfn ../tools $(@D)/tools
	$(call say,LINK,$@,$(LINK) -o $@ $^ $(LINK_LIBS))

# Between walseal and the libraries: as plain as can be in every build, and of the same words.
FAULTS_COMPILE = $(CC) -std=c17 -pthread -U_FORTIFY_SOURCE -fno-builtin $(WARNINGS) $(WERROR) \
	$(PACKAGE_CFLAGS) $(CPPFLAGS) $(CFLAGS)

$(OUT)/faults/faults.so $(OUT)/sanitize-address-undefined/faults/faults.so: \
		$(patsubst %,tests/faults/%,fault.c memory.c system.c crypto.c fault.h) $(OUT)/flags
	@mkdir -p $(@D)
	$(call say,LINK,$@,$(FAULTS_COMPILE) -fPIC -shared -o $@ $(filter %.c,$^))

$(OUT)/faults/clock.so $(OUT)/sanitize-address-undefined/faults/clock.so: tests/faults/clock.c \
		$(OUT)/flags
	@mkdir -p $(@D)
	$(call say,LINK,$@,$(FAULTS_COMPILE) -fPIC -shared -o $@ $<)

$(OUT)/faults/alone $(OUT)/sanitize-address-undefined/faults/alone: tests/faults/alone.c $(OUT)/flags
	@mkdir -p $(@D)
	$(call say,LINK,$@,$(FAULTS_COMPILE) -o $@ $<)

# For one that only reads the sources: tests/lint.
compile-command:
	@printf '%s\n' '$(subst ','\'',$(COMPILE))'

fuzzers: $(FUZZERS)

fuzzers-afl: $(FUZZERS) $(OUT)/fuzz/mutator.so

replays: $(REPLAYS)

CONSTANT_TIME = $(OUT)/constant_time/secrets
$(CONSTANT_TIME): %: %.o $(LIBRARY)
	$(call say,LINK,$@,$(LINK) -o $@ $^ $(LINK_LIBS))

everything: $(OUT)/walseal $(UNIT_TESTS) $(TOOLS) $(PRELOADS) $(BENCHES) $(REPLAYS) \
	$(MUTATOR_TEST) $(CONSTANT_TIME)

# --- testing

# How long the storm of a check is; check-chaos has a longer one.
CHAOS_SHORT = 20
CHAOS_TESTS = tests/chaos/sodium tests/chaos/openpgp

ADDRESS = $(OUT)/sanitize-address-undefined
# What runs under a sanitizer in every check; SANITIZE=... runs all but the e2e tests under it.
ADDRESS_CLI = $(addprefix tests/cli/,vectors.bats openpgp_vectors.bats openpgp_traps.bats)
# What runs without the processor's instructions for AES, SHA and vectors.
PLAIN_CLI = $(addprefix tests/cli/,vectors.bats openpgp_vectors.bats)
THREAD_UNITS = $(filter %/pipeline_test %/pipeline_pair_test %/conduit_test %/wait_test,$(UNIT_TESTS))

check-unit: $(UNIT_TESTS) ## the unit tests alone
	@tests/run $(UNIT_TESTS:%=$(OUT):%)

check-cli: $(OUT)/walseal $(TOOLS) $(PRELOADS) ## the tests of the command line alone
	@tests/run $(patsubst %,$(OUT):%,$(wildcard tests/cli/*.bats))

check-installed:
	$(SUBMAKE) everything
ifeq ($(SANITIZE),)
	$(SUBMAKE) SANITIZE=address,undefined everything
	$(SUBMAKE) SANITIZE=thread $(THREAD_UNITS:$(OUT)/%=$(OUT)/sanitize-thread/%)
	$(SUBMAKE) $(PLAIN)/walseal $(FAULTS) $(FAULTS:$(OUT)/%=$(ADDRESS)/%)
	@CHAOS_SECONDS=$(CHAOS_SHORT) tests/run $(OUT):tests/lint $(CHAOS_TESTS:%=$(OUT):%) \
	    $(OUT):tests/constant_time/run $(OUT):tests/differential/run \
	    $(UNIT_TESTS:%=$(OUT):%) \
	    $(patsubst %,$(OUT):%,$(wildcard tests/e2e/*.bats tests/cli/*.bats) \
	        tests/stores/standins.bats $(INTEROP_TESTS)) \
	    $(patsubst $(OUT)/%,$(OUT)/sanitize-address-undefined:$(OUT)/sanitize-address-undefined/%,\
	        $(UNIT_TESTS) $(REPLAYS) $(MUTATOR_TEST)) \
	    $(ADDRESS_CLI:%=$(OUT)/sanitize-address-undefined:%) \
	    $(PLAIN_CLI:%=$(PLAIN):%) \
	    $(OUT):tests/faults/run $(ADDRESS):tests/faults/run $(OUT):tests/faults/surroundings.bats \
	    $(patsubst $(OUT)/%,$(OUT)/sanitize-thread:$(OUT)/sanitize-thread/%,$(THREAD_UNITS))
else
	@tests/run $(patsubst %,$(OUT):%,$(UNIT_TESTS) $(REPLAYS) $(MUTATOR_TEST) $(wildcard tests/cli/*.bats))
endif

# --- installing

install: $(OUT)/walseal ## into DESTDIR and prefix (/usr/local)
	install -d '$(DESTDIR)$(bindir)' '$(DESTDIR)$(mandir)/man1' '$(DESTDIR)$(mandir)/man5' \
	    '$(DESTDIR)$(docdir)'
	install -m 755 $(OUT)/walseal '$(DESTDIR)$(bindir)/walseal'
	for page in man/*.[15]; do \
	    [ ! -e "$$page" ] || install -m 644 "$$page" \
	        '$(DESTDIR)$(mandir)'/man"$${page##*.}"/"$${page##*/}" || exit 1; \
	done
	for file in README.md SECURITY.md NEWS COPYING; do \
	    [ ! -e "$$file" ] || install -m 644 "$$file" '$(DESTDIR)$(docdir)'/"$$file" || exit 1; \
	done
	find contrib doc -type f | while read -r file; do \
	    mode=644; [ ! -x "$$file" ] || mode=755; \
	    install -D -m $$mode "$$file" '$(DESTDIR)$(docdir)'/"$$file" || exit 1; \
	done
	install -D -m 644 contrib/completions/walseal.bash '$(DESTDIR)$(bashdir)/walseal'
	install -D -m 644 contrib/completions/_walseal '$(DESTDIR)$(zshdir)/_walseal'
	install -D -m 644 contrib/completions/walseal.fish '$(DESTDIR)$(fishdir)/walseal.fish'
	install -d '$(DESTDIR)$(unitdir)'
	for file in contrib/systemd/*.service contrib/systemd/*.timer; do \
	    sed 's,/usr/local/bin/,$(bindir)/,; s,/usr/local/share/doc/walseal/,$(docdir)/,' "$$file" \
	        >'$(DESTDIR)$(unitdir)'/"$${file##*/}" || exit 1; \
	done

uninstall: ## what install put there
	rm -f '$(DESTDIR)$(bindir)/walseal'
	rm -f '$(DESTDIR)$(mandir)/man1/walseal.1' '$(DESTDIR)$(mandir)/man5/walseal.5'
	rm -f '$(DESTDIR)$(bashdir)/walseal' '$(DESTDIR)$(zshdir)/_walseal'
	rm -f '$(DESTDIR)$(fishdir)/walseal.fish'
	cd contrib/systemd && for file in *.service *.timer; do rm -f '$(DESTDIR)$(unitdir)'/"$$file"; done
	rm -rf '$(DESTDIR)$(docdir)'

# The same commit gives the same bytes everywhere: git takes the commit's time, gzip none.
dist: ## build/walseal-VERSION.tar.gz from the last commit
	@mkdir -p $(BUILD)
	git -c tar.umask=0022 archive --format=tar --prefix=walseal-$(VERSION)/ \
	    -o $(BUILD)/walseal-$(VERSION).tar HEAD
	gzip -9 -n -f $(BUILD)/walseal-$(VERSION).tar

clean: ## remove what was made
	rm -rf '$(BUILD)'

help: ## this list
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 17

FORCE:
.PHONY: FORCE all compile-command demo check check-constant-time check-differential check-unit check-cli check-installed check-interop check-arch check-chaos \
	chaos-sodium chaos-openpgp everything \
	completions fuzzers fuzzers-afl replays bench fuzz fuzz-coverage coverage mutate install \
	uninstall dist clean help

-include $(OBJECTS:.o=.d) $(UNIT_TESTS:=.d) $(TOOLS:=.d) $(PRELOADS:.so=.d) $(BENCHES:=.d) \
	$(FUZZERS:=.d) $(OUT)/fuzz/replay.d $(MUTATOR:.o=.d) $(OUT)/fuzz/mutator/libfuzzer.d $(MUTATOR_TEST).d $(CONSTANT_TIME).d \
	$(OUT)/arch/no_acceleration.d
