/* client_buffer.c - bytes that came and wait to be taken, in one piece of memory.
 *
 *     bytes [ taken | start ... end | room ] capacity
 *
 * What is left moves to the front when the room behind is too small; memory grows by doubling and
 * stays until fini. Who fills it keeps it within bounds.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "http/client_message.h"

enum { BUFFER_FIRST = 4096 };

/* Make room for `size` bytes behind the end. 0, or -ENOMEM. */
static int buffer_reserve(struct cede__http_buffer *buffer, size_t size)
{
    const size_t n = cede__http_buffer_n(buffer);
    size_t capacity = buffer->capacity ? buffer->capacity : BUFFER_FIRST;
    char *bytes;

    if (n == 0)
        buffer->start = buffer->end = 0;
    if (size <= buffer->capacity - buffer->end)
        return 0;
    if (n > 0 && buffer->start > 0) {
        memmove(buffer->bytes, buffer->bytes + buffer->start, n);
        buffer->start = 0;
        buffer->end = n;
    }
    if (size <= buffer->capacity - n)
        return 0;
    while (capacity - n < size)
        capacity *= 2;
    bytes = cede__realloc(buffer->bytes, capacity);
    if (!bytes)
        return -ENOMEM;
    buffer->bytes = bytes;
    buffer->capacity = capacity;
    return 0;
}

int cede__http_buffer_add(struct cede__http_buffer *buffer, const void *bytes, size_t size)
{
    const int rc = size > 0 ? buffer_reserve(buffer, size) : 0;

    if (rc < 0 || size == 0)
        return rc;
    memcpy(buffer->bytes + buffer->end, bytes, size);
    buffer->end += size;
    return 0;
}

char *cede__http_buffer_extend(struct cede__http_buffer *buffer, size_t size)
{
    if (buffer_reserve(buffer, size) < 0)
        return NULL;
    buffer->end += size;
    return buffer->bytes + buffer->end - size;
}

size_t cede__http_buffer_take(struct cede__http_buffer *buffer, void *bytes, size_t size)
{
    const size_t n = cede__http_buffer_n(buffer);
    const size_t taken = size < n ? size : n;

    if (taken > 0)
        memcpy(bytes, buffer->bytes + buffer->start, taken);
    buffer->start += taken;
    return taken;
}
