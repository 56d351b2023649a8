/* test_iter_source.c - arrays, ranges, repeats, calls, lines. */
/* SPDX-License-Identifier: MIT */
#include <unistd.h>

#include "iter_test.h"

TEST(iter_source, an_array_gives_its_elements_in_place)
{
    int64_t values[] = {3, 1, 2};
    cede_iter *it = CEDE_ITER_ARRAY(values);
    void *item;

    CHECK_STR(hint_of(it), "3..3");
    CHECK_EQ(cede_iter_next(it, &item), 1);
    CHECK_PTR(item, &values[0]);
    CHECK_STR(ints(it), "1 2");
    CHECK_STR(ints(cede_iter_array(NULL, 0, 8)), "");
    CHECK_PTR(cede_iter_array(values, 3, 0), NULL);
    CHECK_EQ(cede_error_code(cede_error_last()), -EINVAL);
}

TEST(iter_source, pointers_are_themselves_the_items)
{
    const char *words[] = {"one", "two", "three"};

    CHECK_STR(all_items(cede_iter_pointers(words, 3), add_string), "one two three");
    CHECK_STR(all_items(cede_iter_reversed(cede_iter_pointers(words, 3)), add_string),
              "three two one");
}

TEST(iter_source, a_range_is_pythons)
{
    CHECK_STR(ints(cede_iter_range(0, 5, 1)), "0 1 2 3 4");
    CHECK_STR(ints(cede_iter_range(2, 11, 3)), "2 5 8");
    CHECK_STR(ints(cede_iter_range(5, 0, -2)), "5 3 1");
    CHECK_STR(ints(cede_iter_range(5, 5, 1)), "");
    CHECK_STR(ints(cede_iter_range(5, 5, 2)), "");
    CHECK_STR(ints(cede_iter_range(5, 5, -3)), "");
    CHECK_STR(ints(cede_iter_range(5, 0, 1)), "");
    CHECK_PTR(cede_iter_range(0, 5, 0), NULL);
}

TEST(iter_source, b6_a_range_does_not_overflow_at_its_ends)
{
    CHECK_STR(ints(cede_iter_range(INT64_MAX - 2, INT64_MAX, 2)), "9223372036854775805");
    CHECK_STR(ints(cede_iter_range(INT64_MIN, INT64_MAX, INT64_MAX)),
              "-9223372036854775808 -1 9223372036854775806");
    CHECK_STR(ints(cede_iter_range(INT64_MAX, INT64_MIN, INT64_MIN)), "9223372036854775807 -1");
    CHECK_STR(hint(cede_iter_range(INT64_MIN, INT64_MAX, 2)),
              "9223372036854775808..9223372036854775808");
}

TEST(iter_source, b6_a_count_ends_in_an_error_where_it_would_overflow)
{
    CHECK_STR(ints(cede_iter_islice(cede_iter_count(10, -4), 0, 4, 1)), "10 6 2 -2");
    CHECK_STR(ints(cede_iter_count(INT64_MAX - 1, 1)),
              "9223372036854775806 9223372036854775807 !EOVERFLOW");
    CHECK_STR(ints(cede_iter_islice(cede_iter_count(7, 0), 0, 3, 1)), "7 7 7");
}

TEST(iter_source, b6_doubles_are_multiplied_and_do_not_drift)
{
    double last = 0;
    int rc;
    cede_iter *it = cede_iter_range_double(0, 0.1, 1001);

    CEDE_FOREACH(rc, double *, v, it)
        last = *v;
    CHECK_EQ(rc, 0);
    CHECK(last == 100.0);
    CHECK_EQ(cede_iter_close(it), 0);
    CHECK_STR(all_items(cede_iter_islice(cede_iter_count_double(1, 0.5), 0, 3, 1), add_double),
              "1 1.5 2");
    CHECK_STR(all_items(cede_iter_reversed(cede_iter_range_double(1, 0.5, 4)), add_double),
              "2.5 2 1.5 1");
}

TEST(iter_source, what_can_be_reversed_is_reversed_from_where_it_stands)
{
    int64_t values[] = {1, 2, 3, 4};
    cede_iter *it = cede_iter_range(0, 10, 3);

    CHECK_STR(some_items(it, 1, add_int), "0");
    CHECK_STR(ints(cede_iter_reversed(it)), "9 6 3");
    CHECK_STR(ints(cede_iter_reversed(cede_iter_reversed(numbers(3)))), "0 1 2");
    CHECK_STR(ints(cede_iter_reversed(cede_iter_range(INT64_MAX - 3, INT64_MAX, 3))),
              "9223372036854775804");
    CHECK_STR(ints(cede_iter_reversed(cede_iter_filter(CEDE_ITER_ARRAY(values), is_odd, NULL))),
              "3 1");
    CHECK_STR(ints(cede_iter_reversed(cede_iter_map(numbers(4), square, NULL, 8))), "9 4 1 0");
    CHECK_STR(ints(cede_iter_reversed(cede_iter_array(values, 0, 8))), "");
}

TEST(iter_source, what_cannot_be_reversed_says_so)
{
    struct watched watched;

    CHECK_PTR(cede_iter_reversed(cede_iter_map(watch(&watched, 3), square, NULL, 8)), NULL);
    CHECK_EQ(cede_error_code(cede_error_last()), -ENOTSUP);
    CHECK_HAS(cede_error_message(cede_error_last()), "'watched'");
    CHECK_EQ(watched.n_closes, 1);
}

TEST(iter_source, repeat_gives_the_same_item)
{
    int64_t seven = 7;

    CHECK_STR(ints(cede_iter_repeat(&seven, sizeof seven, 3)), "7 7 7");
    CHECK_STR(ints(cede_iter_empty()), "");
    CHECK_STR(ints(cede_iter_islice(cede_iter_repeat(&seven, 8, CEDE_ENDLESS), 0, 2, 1)), "7 7");
}

static int roll(void *out, void *arg)
{
    int64_t *seed = arg;

    *seed = *seed * 5 % 7;
    *(int64_t *)out = *seed;
    return *seed == 6 ? 0 : 1;
}

TEST(iter_source, a_call_goes_on_until_the_end_or_the_sentinel)
{
    int64_t seed = 1, two = 2;

    CHECK_STR(ints(cede_iter_call(roll, &seed, NULL, sizeof seed)), "5 4");
    seed = 6;
    CHECK_STR(ints(cede_iter_call(roll, &seed, &two, sizeof seed)), "");
    seed = 3;
    CHECK_STR(ints(cede_iter_call(roll, &seed, NULL, sizeof seed)), "1 5 4");
}

static int next_word(void *out, void *arg)
{
    const char ***at = arg;

    *(const char **)out = *(*at)++;
    return 1;
}

TEST(iter_source, a_call_may_give_pointers)
{
    const char *words[] = {"a", "b", "stop", "c"};
    const char **at = words;

    CHECK_STR(all_items(cede_iter_call(next_word, &at, words[2], 0), add_string), "a b");
}

TEST(iter_source, a_borrowed_iterator_stays_open)
{
    struct watched watched;
    cede_iter *it = watch(&watched, 6);

    CHECK_STR(ints(cede_iter_islice(cede_iter_borrow(it), 0, 3, 1)), "0 1 2");
    CHECK_EQ(watched.n_closes, 0);
    CHECK_STR(ints(it), "3 4 5");
    CHECK_EQ(watched.n_closes, 1);
    CHECK_PTR(cede_iter_borrow(NULL), NULL);
}

static FILE *text_of(const char *text)
{
    FILE *file = tmpfile();

    CHECK(file != NULL);
    CHECK_EQ(fputs(text, file) < 0, 0);
    rewind(file);
    return file;
}

TEST(iter_source, lines_have_their_newlines_unless_chomped)
{
    FILE *file = text_of("one\n\nlast");

    CHECK_STR(all_items(cede_iter_lines(file, 0), add_string), "one\n \n last");
    rewind(file);
    CHECK_STR(all_items(cede_iter_lines(file, CEDE_LINES_CHOMP), add_string), "one  last");
    CHECK_EQ(fclose(file), 0);
}

TEST(iter_source, a_line_may_be_longer_than_any_buffer)
{
    enum { LONG = 100000 };
    char *line = malloc(LONG + 2);
    FILE *file = tmpfile();
    void *item;

    memset(line, 'x', LONG);
    line[LONG] = '\n';
    line[LONG + 1] = '\0';
    CHECK(fputs(line, file) >= 0);
    rewind(file);
    cede_iter *it = cede_iter_lines(file, 0);
    CHECK_EQ(cede_iter_next(it, &item), 1);
    CHECK_STR(item, line);
    CHECK_EQ(cede_iter_close(it), 0);
    fclose(file);
    free(line);
}

TEST(iter_source, lines_can_be_kept_if_asked_for)
{
    FILE *file = text_of("b\na\nb\n");
    cede_iter *it = cede_iter_lines(file, 0);

    CHECK_PTR(cede_iter_sorted(it, cede_compare_string, NULL), NULL);
    it = cede_iter_lines(file, CEDE_LINES_CHOMP | CEDE_LINES_KEEP);
    it = cede_iter_sorted(cede_iter_unique(it, &cede_iter_key_string), cede_compare_string, NULL);
    CHECK_STR(all_items(it, add_string), "a b");
    CHECK_EQ(fclose(file), 0);
}

TEST(iter_source, lines_that_are_kept_live_as_long_as_what_keeps_them)
{
    FILE *file = text_of("1\n2\n3\n4\n");
    cede_iter *lines = cede_iter_lines(file, CEDE_LINES_CHOMP | CEDE_LINES_KEEP);
    /* The slice is done with its source long before the tuple is looked at. */
    cede_iter *it = cede_iter_batched(cede_iter_islice(lines, 0, 2, 1), 3, false);
    void *item;

    CHECK_EQ(cede_iter_next(it, &item), 1);
    const cede_tuple *batch = item;
    CHECK_EQ(batch->n, 2);
    CHECK_STR(batch->items[0], "1");
    CHECK_STR(batch->items[1], "2");
    CHECK_EQ(cede_iter_close(it), 0);
    CHECK_EQ(fclose(file), 0);
}

static int open_descriptors(void)
{
    const int fd = dup(0);

    close(fd);
    return fd;
}

TEST(iter_source, a_files_lines_close_it_at_the_end_or_before)
{
    const int before = open_descriptors();
    void *item;

    cede_iter *it = cede_iter_lines_of("/proc/self/status", CEDE_LINES_CHOMP);
    CHECK_EQ(cede_iter_next(it, &item), 1);
    CHECK_HAS(item, "Name:");
    CHECK(open_descriptors() > before);
    CHECK_EQ(cede_iter_length(it, NULL), 0);
    CHECK_EQ(open_descriptors(), before);

    it = cede_iter_lines_of("/proc/self/status", 0);
    CHECK_EQ(cede_iter_close(it), 0);
    CHECK_EQ(open_descriptors(), before);
}

TEST(iter_source, a_file_that_is_not_there_or_cannot_be_read_is_an_error)
{
    CHECK_PTR(cede_iter_lines_of("/no/such/file", 0), NULL);
    CHECK_EQ(cede_error_code(cede_error_last()), -ENOENT);
    CHECK_HAS(cede_error_message(cede_error_last()), "/no/such/file");
    CHECK_STR(all_items(cede_iter_lines_of("/", 0), add_string), "!EISDIR");
}

static int sources_once(void)
{
    int64_t seed = 1;
    FILE *file = text_of("one\ntwo\n");
    cede_iter *it = cede_iter_chain(
        CEDE_ITERS(cede_iter_lines_of("/proc/self/status", CEDE_LINES_KEEP),
                   cede_iter_lines(file, CEDE_LINES_KEEP), cede_iter_call(roll, &seed, NULL, 8),
                   numbers(3), cede_iter_range_double(0, 1, 3), cede_iter_empty()));
    const int rc = cede_iter_length(it, NULL);

    fclose(file);
    return rc;
}

TEST(iter_source, a_failing_allocation_loses_nothing)
{
    test_sweep_allocations(sources_once);
}
