/* switch_yield.cpp - C++20 coroutines, stackless: two give way to each other through a queue of
 * those ready to run.
 *
 * Only the outermost function can suspend, which is what makes it cheap.
 */
/* SPDX-License-Identifier: MIT */
#include <coroutine>
#include <cstddef>
#include <exception>

#include "bench.h"

struct queue {
    static constexpr size_t size = 4; /* power of two, more than coroutines */
    std::coroutine_handle<> ring[size];
    size_t put = 0, got = 0;

    void push(std::coroutine_handle<> handle)
    {
        ring[put++ % size] = handle;
    }
    std::coroutine_handle<> pop()
    {
        return got == put ? std::noop_coroutine() : ring[got++ % size];
    }
};

static queue ready;

struct give_way {
    bool await_ready() noexcept
    {
        return false;
    }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> self) noexcept
    {
        ready.push(self);
        return ready.pop();
    }
    void await_resume() noexcept
    {
    }
};

struct last {
    bool await_ready() noexcept
    {
        return false;
    }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> self) noexcept
    {
        self.destroy();
        return ready.pop();
    }
    void await_resume() noexcept
    {
    }
};

struct task {
    struct promise_type {
        task get_return_object()
        {
            ready.push(std::coroutine_handle<promise_type>::from_promise(*this));
            return {};
        }
        std::suspend_always initial_suspend() noexcept
        {
            return {};
        }
        last final_suspend() noexcept
        {
            return {};
        }
        void return_void()
        {
        }
        void unhandled_exception()
        {
            std::terminate();
        }
    };
};

static task body(long turns)
{
    for (long i = 0; i < turns; i++)
        co_await give_way{};
}

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);

    body(count / 2);
    body(count / 2);
    const int64_t start = bench_now();
    ready.pop().resume();
    const int64_t end = bench_now();

    bench_result("switch.yield", "cpp20", "ns", double(end - start) / double(count));
    return 0;
}
