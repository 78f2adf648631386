#include "commands/run_commands.h"

#include "signals.h"

_Static_assert(OPTIONS_FILTERS_MAX + 2 <= CHILDREN_MAX, "--from, --filter and --to at once");

struct plan {
    struct child_spec specs[CHILDREN_MAX];
    size_t count;
    int input_fd;
    int output_fd;
};

/* Before the crypto, so that walseal reads what they write. */
static bool filters_come_first(const struct options *options)
{
    return options->filter_count > 0 && options->command == COMMAND_ENCRYPT;
}

static bool filters_come_last(const struct options *options)
{
    return options->filter_count > 0 && options->command != COMMAND_ENCRYPT;
}

/* What is to be looked at passes through walseal again. Else the last filter writes to where it is
 * to be, which is one copy less. */
static bool filters_return(const struct options *options)
{
    return filters_come_last(options) &&
           (options->command == COMMAND_VERIFY || options->wal_name != NULL);
}

static size_t first_filter(const struct options *options)
{
    return options->from != NULL ? 1 : 0;
}

static struct child_spec *add(struct plan *plan, enum child_role role, const char *command,
                              bool piped)
{
    struct child_spec *spec = &plan->specs[plan->count++];
    *spec = (struct child_spec){.role = role, .command = command, .piped = piped};
    return spec;
}

static void add_filters(const struct run *run, struct plan *plan)
{
    const struct options *options = run->options;
    enum child_role role = filters_come_first(options) ? CHILD_FROM : CHILD_TO;
    bool piped = filters_come_first(options) && options->from != NULL;
    for (size_t i = 0; i < options->filter_count; i++)
        add(plan, role, options->filters[i], piped || i > 0);
    struct child_spec *first = &plan->specs[first_filter(options)];
    struct child_spec *last = &plan->specs[plan->count - 1];
    if (filters_come_first(options) && !piped) {
        plan->input_fd = source_input_fd(run->source);
        first->input = &plan->input_fd;
    }
    if (!filters_come_last(options))
        return;
    last->returns = filters_return(options);
    if (last->returns || run->sink == NULL)
        return;
    plan->output_fd = sink_output_fd(run->sink);
    last->output = &plan->output_fd;
    last->kept = options->output != NULL; /* it could still write there */
}

static void make_plan(const struct run *run, struct plan *plan)
{
    const struct options *options = run->options;
    if (options->from != NULL)
        add(plan, CHILD_FROM, options->from, false);
    if (options->filter_count > 0)
        add_filters(run, plan);
    if (options->to != NULL)
        add(plan, CHILD_TO, options->to, filters_come_last(options) && !filters_return(options));
}

static bool start(struct run *run, const struct plan *plan, struct error *err)
{
    const struct options *options = run->options;
    /* a stop that comes in between would stop walseal alone */
    signals_hold_stop(true);
    run->children = children_start(plan->specs, plan->count, err);
    signals_set_children(run->children);
    signals_hold_stop(false);
    /* a fetch that can't be started is a fetch that failed */
    if (run->children == NULL && options->from != NULL && options->policy.standby &&
        err->kind == ERROR_IO)
        err->kind = ERROR_ABSENT;
    return run->children != NULL;
}

static bool open_source(struct run *run, struct error *err)
{
    const struct options *options = run->options;
    if (options->from == NULL && !filters_come_first(options))
        return true;
    struct source *source =
        source_new_filters(run->children, 0, run->source, &options->policy, err);
    if (source != NULL)
        run->source = source;
    return source != NULL;
}

static bool open_sink(struct run *run, const struct plan *plan, struct error *err)
{
    const struct options *options = run->options;
    bool straight = filters_come_last(options) && !filters_return(options);
    if (options->to == NULL && !straight)
        return true;
    size_t index = straight ? first_filter(options) : plan->count - 1;
    struct sink *sink = run->sink != NULL ? sink_new_filters(run->children, index, run->sink, err)
                                          : sink_new_command(run->children, index, err);
    if (sink != NULL)
        run->sink = sink;
    return sink != NULL;
}

bool run_start_commands(struct run *run, struct error *err)
{
    struct plan plan = {.count = 0};
    make_plan(run, &plan);
    return plan.count == 0 ||
           (start(run, &plan, err) && open_source(run, err) && open_sink(run, &plan, err));
}

bool run_put_filters(const struct run *run, struct sink **sink, struct error *err)
{
    if (!filters_return(run->options))
        return true;
    struct sink *through = sink_new_through(run->children, first_filter(run->options), *sink, err);
    if (through != NULL)
        *sink = through;
    return through != NULL;
}
