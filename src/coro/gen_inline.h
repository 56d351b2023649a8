/* gen_inline.h - what a program that defines CEDE_INLINE gets: the crossings of generators compiled
 * into it. Floor 2.
 *
 * Such a program is made for this very build of the static library: it knows how a generator lies
 * in memory. So it refers to a symbol whose name tells version and layout, and one of another does
 * not link. C only. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_CORO_GEN_INLINE_H
#define CEDE_CORO_GEN_INLINE_H

#include "coro/gen.h"
#include "coro/gen_cross.h"

/* The version and what else decides the layout. */
#define CEDE__INLINE_VERSION cede__inline_0_1_0
#if defined(CEDE__ASAN)
#define CEDE__INLINE_SYMBOL CEDE__INLINE_PASTE(CEDE__INLINE_VERSION, _asan)
#elif defined(CEDE__TSAN)
#define CEDE__INLINE_SYMBOL CEDE__INLINE_PASTE(CEDE__INLINE_VERSION, _tsan)
#elif defined(CEDE__SWITCH_UCONTEXT)
#define CEDE__INLINE_SYMBOL CEDE__INLINE_PASTE(CEDE__INLINE_VERSION, _ucontext)
#else
#define CEDE__INLINE_SYMBOL CEDE__INLINE_VERSION
#endif
#define CEDE__INLINE_PASTE(a, b)   CEDE__INLINE_PASTE_2(a, b)
#define CEDE__INLINE_PASTE_2(a, b) a##b

extern const char CEDE__INLINE_SYMBOL[];

#if defined(CEDE_INLINE)
static const char *const cede__inline_check __attribute__((used)) = CEDE__INLINE_SYMBOL;

#if defined(CEDE__GEN_FAST)
#define CEDE__GEN_IN        CEDE__GEN_FAST_IN "9:\n\tjmp cede__gen_jump_in\n"
#define CEDE__GEN_OUT       CEDE__GEN_FAST_OUT "9:\n\tjmp cede__gen_jump_out\n"
#define CEDE__GEN_CONSTANTS , CEDE__GEN_OFFSETS
#else
#define CEDE__GEN_FUNCTIONS
/* By these names, so that their addresses can be taken as well. */
static inline __attribute__((always_inline)) int cede__inline_next(cede_gen *gen, void **item_out)
{
    return cede__gen_send(gen, NULL, item_out);
}

static inline __attribute__((always_inline)) int cede__inline_send(cede_gen *gen, void *value,
                                                                   void **item_out)
{
    return cede__gen_send(gen, value, item_out);
}

static inline __attribute__((always_inline)) int cede__inline_yield(cede_gen *self, void *item,
                                                                    void **sent_out)
{
    return cede__gen_yield(self, item, sent_out);
}

#define cede_next  cede__inline_next
#define cede_send  cede__inline_send
#define cede_yield cede__inline_yield
#endif
#endif

#endif
