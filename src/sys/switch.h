/* switch.h - the one way control moves from one stack to another. Floor 1.
 *
 *   cede__context_init(context, stack_top, entry)   the first switch to it calls entry(context)
 *                                                   on that stack
 *   cede__switch(from, to)                          stores where we are in `from`, goes on where
 *                                                   `to` was left
 *
 * The assembly stores three words in the context - stack pointer, frame pointer, resume address -
 * and declares every other register clobbered, so the compiler saves just those that are live.
 * Nothing is pushed: a leaf caller's red zone stays whole. Being inlined, the resume address lies
 * in an ordinary function whose call-frame information describes the parked stack, so debuggers
 * walk through it. Floating-point control words (MXCSR, x87, FPCR) are not saved: a task that
 * changes them changes them for the thread. x86 shadow stacks are not maintained.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SYS_SWITCH_H
#define CEDE_SYS_SWITCH_H

#include <stdbool.h>
#include <stdint.h>

struct cede__context;
typedef void cede__context_entry(struct cede__context *self);

#if defined(CEDE__SWITCH_UCONTEXT)
#include "sys/switch_ucontext.h"
#elif defined(__x86_64__) && !defined(__ILP32__)
#include "sys/switch_x86_64.h"
#elif defined(__aarch64__)
#include "sys/switch_aarch64.h"
#else
#define CEDE__SWITCH_UCONTEXT 1
#include "sys/switch_ucontext.h"
#endif

/* cede__switch for who parks where it was parked before, again and again. */
#ifndef CEDE__HAVE_SWITCH_AGAIN
#define cede__switch_again cede__switch
#endif

/* A crossing: two contexts that take turns, one inside and one outside, such as a generator's and
 * its caller's. Who crosses parks in it and hands a code and a value to the other side:
 *
 *   cede__give_in(crossing, key, code, &value)  park outside, go on inside; the code given back
 *   cede__give_out(crossing, code, &value)   park inside, go on outside
 *   cede__give_over(from, to, code, &value)  park inside of one, go on inside of another
 *   cede__give_last_out, cede__give_last_in  the same, not to come back
 *
 * Beside those, a key goes to the other side, in a register of which switch_ARCH.h tells, if of
 * any: for code outside of here that crosses in its own way.
 */
#ifndef CEDE__RETURNS_AFTER_SWITCH
#define CEDE__RETURNS_AFTER_SWITCH __attribute__((noinline))
#endif

/* For an entry to end with: at the top of the stack, in the entry's place, call fn(arg), and when
 * that returns then(its code), which does not. */
#ifndef CEDE__HAVE_CONTEXT_RUN
static inline __attribute__((noreturn)) void
cede__context_run(void *stack_top, int (*fn)(void *arg), void *arg, void (*then)(int code))
{
    (void)stack_top;
    then(fn(arg));
    __builtin_unreachable();
}
#endif

/* After a switch back, in a function that the outermost one of a context is likely to have called,
 * and that returns by a jump: have the processor foretell where the outermost one returns to. The
 * call it remembers is that of the last context that was begun; where a thousand are begun, left,
 * and then end one after the other, each would be mispredicted. Pushes and pops a word: not for a
 * function that calls nothing, which may use what lies below its stack pointer. */
#ifndef CEDE__FORETELLS_RETURN
static inline void cede__context_foretell(void)
{
}
#endif

/* Make `context` start entry(context) on the stack that ends at `stack_top`, which is aligned to
 * 16. Entry never returns. */
#if defined(CEDE__SWITCH_UCONTEXT)
void cede__context_init(struct cede__context *context, void *stack_top, cede__context_entry *entry);

static inline void cede__context_rewind(struct cede__context *context, void *stack_top,
                                        cede__context_entry *entry)
{
    cede__context_init(context, stack_top, entry);
}
#else
#if defined(__x86_64__)
extern const char cede__context_end[]; /* the return address of an entry */
#else
void cede__context_start(void); /* calls the entry, whose address is at the top of the stack */
#endif

static inline void cede__context_init(struct cede__context *context, void *stack_top,
                                      cede__context_entry *entry)
{
#if defined(__x86_64__)
    const void **slot = (const void **)stack_top - 1; /* as after a call: 8 bytes off alignment */

    *slot = cede__context_end;
    context->pc = (void *)entry;
#else
    cede__context_entry **slot = (cede__context_entry **)stack_top - 2;

    *slot = entry;
    context->pc = (void *)cede__context_start;
#endif
    context->sp = slot;
    context->fp = slot; /* nobody's, but not to be fetched from nowhere */
}

/* Make a context that was started, and will be left for good, start again. What lies at the top of
 * its stack is still there; nothing is written if it was never switched from. */
static inline void cede__context_rewind(struct cede__context *context, void *stack_top,
                                        cede__context_entry *entry)
{
#if defined(__x86_64__)
    void *const pc = (void *)entry;
    void *const sp = (const void **)stack_top - 1;
#else
    void *const pc = (void *)cede__context_start;
    void *const sp = (cede__context_entry **)stack_top - 2;
#endif
    if (context->pc != pc) {
        context->pc = pc;
        context->sp = sp;
    }
    (void)entry;
}
#endif

/* Have who is parked outside of `from` be outside of `to` instead. */
#if defined(CEDE__SWITCH_UCONTEXT)
void cede__crossing_take_out(struct cede__crossing *to, const struct cede__crossing *from);
#else
static inline void cede__crossing_take_out(struct cede__crossing *to,
                                           const struct cede__crossing *from)
{
    to->out = from->out;
}
#endif

/* Where a context that is not running is parked: stack pointer, frame pointer, resume address; all
 * 0 if unknown here. */
struct cede__context_place {
    uintptr_t sp, fp, pc;
};
struct cede__context_place cede__context_where(const struct cede__context *context);

/* Whether a return address is that of the outermost call, which calls a context's entry. */
bool cede__context_is_start(uintptr_t place);

#endif
