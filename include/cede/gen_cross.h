/* cede/gen_cross.h - cede_next, cede_send and cede_yield without a call, where the machine is known
 *
 * A call keeps registers for its caller: five words to write and to read on either side, for every
 * item. These jump into the library instead and tell the compiler that no register survives, which
 * then keeps those that are needed, where they are cheapest. What is said of them in cede/gen.h
 * holds; their functions are there as well, for other compilers, machines and languages.
 *
 * Included by cede/gen.h.
 * Source: src/coro/gen_cross.c   Guide: docs/gen.md
 * Tests: tests/coro/test_gen_cross.c, tests/coro/test_gen.c
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_GEN_CROSS_H
#define CEDE_GEN_CROSS_H

#include <cede/gen.h>

#if defined(CEDE_INLINE) && !defined(__cplusplus)
#include "coro/gen_inline.h"
#endif

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define CEDE__GEN_FUNCTIONS
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) ||                               \
    defined(__clang_analyzer__) || !defined(__x86_64__) || defined(__ILP32__)
#define CEDE__GEN_FUNCTIONS
#endif

#if !defined(CEDE__GEN_FUNCTIONS)
#if defined(__AVX512F__)
#define CEDE__GEN_CLOBBER_AVX512                                                                   \
    , "xmm16", "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22", "xmm23", "xmm24", "xmm25",    \
        "xmm26", "xmm27", "xmm28", "xmm29", "xmm30", "xmm31", "k1", "k2", "k3", "k4", "k5", "k6",  \
        "k7"
#else
#define CEDE__GEN_CLOBBER_AVX512
#endif

/* CEDE_INLINE has other code here, and constants for it. */
#if !defined(CEDE__GEN_IN)
#define CEDE__GEN_IN  "jmpq *cede__gen_jump_in@GOTPCREL(%%rip)\n"
#define CEDE__GEN_OUT "jmpq *cede__gen_jump_out@GOTPCREL(%%rip)\n"
#define CEDE__GEN_CONSTANTS
#endif

/* In: the generator in rbx, what is given in rdx, where to go on in rcx. Out: the code in eax, what
 * is given back in rdx; of the others rsp, rbp and rbx are as they were. Nothing is pushed, so what
 * lies beyond the stack pointer stays as well. */
#define CEDE__GEN_CROSS(way)                                                                       \
    __asm__ volatile("leaq 1f(%%rip), %%rcx\n\t" way "1:"                                          \
                     : "+d"(value), "=a"(code)                                                     \
                     : "b"(gen)CEDE__GEN_CONSTANTS                                                 \
                     : "rcx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",  \
                       "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",     \
                       "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "st",         \
                       "st(1)", "st(2)", "st(3)", "st(4)", "st(5)", "st(6)", "st(7)", "cc",        \
                       "memory" CEDE__GEN_CLOBBER_AVX512)

/* Else *out stays what it was, and the compiler is not to warn that it may have been nothing. */
#define CEDE__GEN_STORE(is_given, out)                                                             \
    do {                                                                                           \
        if (is_given) {                                                                            \
            if (out)                                                                               \
                *(out) = value;                                                                    \
        } else {                                                                                   \
            __asm__ volatile("" : : "r"(out) : "memory");                                          \
        }                                                                                          \
    } while (0)

static inline __attribute__((always_inline)) CEDE_CHECK int
cede__gen_cross_send(cede_gen *gen, void *value, void **item_out)
{
    int code;

    CEDE__GEN_CROSS(CEDE__GEN_IN);
    if (code > 1)
        __builtin_unreachable(); /* one question less for who asks what it is */
    CEDE__GEN_STORE(code > 0, item_out);
    return code;
}

static inline __attribute__((always_inline)) CEDE_CHECK int cede__gen_cross_next(cede_gen *gen,
                                                                                 void **item_out)
{
    return cede__gen_cross_send(gen, (void *)0, item_out);
}

static inline __attribute__((always_inline)) CEDE_CHECK int
cede__gen_cross_yield(cede_gen *gen, void *value, void **sent_out)
{
    int code;

    CEDE__GEN_CROSS(CEDE__GEN_OUT);
    if (code > 0)
        __builtin_unreachable();
    CEDE__GEN_STORE(code == 0, sent_out);
    return code;
}

#define cede_next  cede__gen_cross_next
#define cede_send  cede__gen_cross_send
#define cede_yield cede__gen_cross_yield
#endif

#endif
