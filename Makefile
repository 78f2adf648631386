# walseal. `make help` lists what can be made.
PKGS = libsodium libcrypto
CC ?= cc
BUILD ?= build
CFLAGS ?= -O2 -g
CPPFLAGS += -Isrc -D_FORTIFY_SOURCE=3
WARN = -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes
CSTD = -std=c17 -fPIE -fstack-protector-strong -fstack-clash-protection -fcf-protection
LIBS = $(shell pkg-config --libs $(PKGS)) -pthread
SRCS = $(shell find src -name '*.c' | sort)
OBJS = $(SRCS:%.c=$(BUILD)/%.o)
LIBOBJS = $(filter-out $(BUILD)/src/main.o,$(OBJS))
UNITS = $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(shell find tests/unit -name '*_test.c' | sort))

all: $(BUILD)/walseal
$(BUILD)/walseal: $(OBJS)
	$(CC) $(LDFLAGS) -pie -Wl,-z,relro,-z,now -o $@ $(OBJS) $(LIBS)
$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CSTD) $(WARN) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
$(BUILD)/unit/%: tests/unit/%.c $(LIBOBJS)
	@mkdir -p $(@D)
	$(CC) $(CSTD) $(WARN) $(CPPFLAGS) $(CFLAGS) -MMD -MP -o $@ $< $(LIBOBJS) $(LIBS) -lcmocka
check-unit: $(UNITS)
	prove --exec '' $(UNITS)
clean:
	rm -rf $(BUILD)
.PHONY: all check-unit clean
-include $(OBJS:.o=.d)
