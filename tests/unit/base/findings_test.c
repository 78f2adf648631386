#include "base/findings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct findings findings;

static void find(enum finding_level level, const char *object)
{
    struct facts *facts = findings_open(&findings, "key");
    facts_text(facts, "object", object);
    findings_close(&findings, level, "%s: is what it is", object);
}

static void nothing_found_is_well(void **state)
{
    (void)state;
    findings_begin(&findings, FACTS_LINES);
    assert_int_equal(findings_worst(&findings), FINDING_OK);
    assert_string_equal(findings_lines(&findings, FINDING_CRITICAL), "");
    findings_end(&findings);
}

static void each_level_has_its_lines_in_order(void **state)
{
    (void)state;
    findings_begin(&findings, FACTS_LINES);
    find(FINDING_OK, "a");
    assert_int_equal(findings_worst(&findings), FINDING_OK);
    find(FINDING_CRITICAL, "b");
    find(FINDING_WARNING, "c");
    find(FINDING_OK, "d\n");
    assert_int_equal(findings_worst(&findings), FINDING_CRITICAL);
    assert_string_equal(findings_lines(&findings, FINDING_OK),
                        "ok: a: is what it is\nok: d\\x0a: is what it is\n");
    assert_string_equal(findings_lines(&findings, FINDING_WARNING), "warning: c: is what it is\n");
    assert_string_equal(findings_lines(&findings, FINDING_CRITICAL),
                        "critical: b: is what it is\n");
    findings_end(&findings);
}

static void json_has_facts_level_and_text(void **state)
{
    (void)state;
    findings_begin(&findings, FACTS_JSON);
    find(FINDING_WARNING, "a");
    find(FINDING_WARNING, "b");
    assert_int_equal(findings_worst(&findings), FINDING_WARNING);
    assert_string_equal(findings_lines(&findings, FINDING_WARNING),
                        "{\"about\":\"key\",\"object\":\"a\",\"level\":\"warning\","
                        "\"text\":\"a: is what it is\"}\n"
                        "{\"about\":\"key\",\"object\":\"b\",\"level\":\"warning\","
                        "\"text\":\"b: is what it is\"}\n");
    findings_end(&findings);
}

static void a_text_without_end_is_bounded(void **state)
{
    (void)state;
    static char much[8000];
    memset(much, 'x', sizeof much - 1);
    findings_begin(&findings, FACTS_LINES);
    find(FINDING_OK, much);
    const char *lines = findings_lines(&findings, FINDING_OK);
    assert_in_range(strlen(lines), 1000, 4000);
    assert_non_null(strstr(lines, ": is what it is\n"));
    findings_end(&findings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_found_is_well),
        cmocka_unit_test(each_level_has_its_lines_in_order),
        cmocka_unit_test(json_has_facts_level_and_text),
        cmocka_unit_test(a_text_without_end_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
