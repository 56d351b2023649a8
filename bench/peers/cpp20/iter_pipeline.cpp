/* iter_pipeline.cpp - the same of std::function: each stage a function that writes the next
 * number, if there is one, and holds the stage before it; what filters and maps is a std::function too. */
/* SPDX-License-Identifier: MIT */
#include <functional>
#include <utility>

#include "bench.h"

using source = std::function<bool(int64_t &)>;

static source range(int64_t stop)
{
    return [at = int64_t{0}, stop](int64_t &value) mutable {
        if (at == stop)
            return false;
        value = at++;
        return true;
    };
}

static source filter(source from, std::function<bool(int64_t)> test)
{
    return [from = std::move(from), test = std::move(test)](int64_t &value) {
        while (from(value)) {
            if (test(value))
                return true;
        }
        return false;
    };
}

static source map(source from, std::function<int64_t(int64_t)> fn)
{
    return [from = std::move(from), fn = std::move(fn)](int64_t &value) {
        if (!from(value))
            return false;
        value = fn(value);
        return true;
    };
}

static int64_t sum_of(const source &from)
{
    int64_t sum = 0;
    int64_t value;

    while (from(value))
        sum += value;
    return sum;
}

static bool is_odd(int64_t value)
{
    return value & 1;
}

static int64_t times_three(int64_t value)
{
    return 3 * value;
}

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);

    const int64_t start = bench_now();
    const int64_t sum = sum_of(map(filter(range(count), is_odd), times_three));
    const int64_t end = bench_now();

    bench_check(sum == 3 * (count / 2) * (count / 2), "sum");
    bench_result("iter.pipeline", "cpp20", "ns", double(end - start) / double(count));
    return 0;
}
