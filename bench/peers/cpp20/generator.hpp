/* generator.hpp - the least generator that C++20 coroutines allow, stackless, used by its handle:
 * what is yielded is a pointer. Its frame is allocated where it is created. */
/* SPDX-License-Identifier: MIT */
#ifndef GENERATOR_HPP
#define GENERATOR_HPP

#include <coroutine>
#include <exception>
#include <utility>

template <typename T> class generator
{
public:
    struct promise_type {
        const T *item;

        generator get_return_object()
        {
            return generator(std::coroutine_handle<promise_type>::from_promise(*this));
        }
        std::suspend_always initial_suspend() noexcept
        {
            return {};
        }
        std::suspend_always final_suspend() noexcept
        {
            return {};
        }
        std::suspend_always yield_value(const T &value) noexcept
        {
            item = &value;
            return {};
        }
        void return_void() noexcept
        {
        }
        void unhandled_exception()
        {
            std::terminate();
        }
    };

    explicit generator(std::coroutine_handle<promise_type> handle) : handle_(handle)
    {
    }
    generator(generator &&other) noexcept : handle_(std::exchange(other.handle_, nullptr))
    {
    }
    ~generator()
    {
        if (handle_)
            handle_.destroy();
    }

    /* Whether there is an item. */
    bool next()
    {
        handle_.resume();
        return !handle_.done();
    }
    const T &item() const
    {
        return *handle_.promise().item;
    }

private:
    std::coroutine_handle<promise_type> handle_;
};

#endif
