/* error_record.h - the memory behind cede_error: who keeps one embeds it. Floor 0. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_ERROR_RECORD_H
#define CEDE_ERROR_RECORD_H

#include <stdint.h>

#include "base/base.h"

enum { CEDE__ERROR_FRAMES = 16, CEDE__ERROR_LINKS = 4 };

/* One error of the chain, the newest first. Its frames and words are a stretch of the record's. */
struct cede__error_link {
    int code;            /* negative */
    uint16_t text;       /* offset of its words in the record's text; they are terminated */
    uint8_t first_frame; /* index of its first frame */
    uint8_t n_frames;    /* frames kept */
    uint32_t n_more;     /* frames beyond those kept */
};

/* A record; n_links == 0 is "no error", so only that field needs initialising. It comes last, where
 * it shares a cache line with what follows in a coroutine, and the rest, which only errors touch,
 * lies before. */
struct cede_error {
    char text[CEDE_ERROR_TEXT_SIZE];
    const cede_site *frames[CEDE__ERROR_FRAMES];
    struct cede__error_link links[CEDE__ERROR_LINKS];
    uint8_t n_links;   /* errors in the chain; links[0] is the newest */
    uint8_t n_frames;  /* frames used, of all links */
    uint16_t text_end; /* bytes of text used */
    uint8_t mark;      /* what became of an error that was marked (enum cede__error_mark) */
};
_Static_assert(offsetof(struct cede_error, n_links) % 64 == 16,
               "n_links and what a switch needs of a coroutine fill a cache line");

/* Who hands an error to somebody else marks it, to know it again: it may come back with more lines,
 * as the cause of another, or not at all. */
enum cede__error_mark {
    CEDE__ERROR_NOT_MARKED, /* another one, or none */
    CEDE__ERROR_MARKED,     /* the newest error is the one that was marked */
    CEDE__ERROR_IS_CAUSE,   /* that is among the causes of the newest */
};

/* What is compiled into a program (CEDE_INLINE) may know where the program's own variables lie. */
#if defined(CEDE_INLINE) && (!defined(__PIC__) || defined(__PIE__))
#define CEDE__TLS_MODEL "local-exec"
#else
#define CEDE__TLS_MODEL "initial-exec"
#endif

/* The record of the running coroutine, set at each switch; NULL outside of one, where the thread's
 * own is used. Being the first member of a coroutine, it also tells which coroutine runs. */
extern __thread struct cede_error *cede__error_here __attribute__((tls_model(CEDE__TLS_MODEL)));

/* The record that raise would use now. */
struct cede_error *cede__error_slot(void);

/* Make the record that is here a copy of `from`, if that has one; else one with `code` alone. */
void cede__error_adopt(const struct cede_error *from, int code);

/* Put `cause` under the oldest error of the record that is here: what caused it. */
void cede__error_chain(const struct cede_error *cause);

/* Copy a record; onto itself is nothing. */
void cede__error_copy(struct cede_error *to, const struct cede_error *from);

#endif
