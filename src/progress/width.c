/* width.c - how many columns of a terminal a text fills, and cutting it to fit.
 *
 * A text is read as pieces: one character, one escape sequence, or one byte that makes no sense as
 * UTF-8. Each has a length in bytes and a width in columns; measuring, cutting and cleaning are
 * three walks over the pieces. Our own tables, and not wcwidth, because that one knows nothing
 * unless the program has called setlocale. Called by meter.c (room for the bar) and renderer.c
 * (fitting a line to the screen).
 */
/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <string.h>

#include "base/base.h"
#include "progress/width.h"
#include "progress/width_table.h"

#define ESCAPE '\x1b'

struct piece {
    size_t length; /* bytes */
    int columns;
    bool control; /* a control character */
    bool escape;  /* an escape sequence; columns is 0 */
    bool colour;  /* an escape sequence that sets colours */
};

static bool range_has(const struct width_range *ranges, size_t count, uint32_t code)
{
    size_t low = 0, high = count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (code > ranges[middle].last)
            low = middle + 1;
        else if (code < ranges[middle].first)
            high = middle;
        else
            return true;
    }
    return false;
}

static int code_columns(uint32_t code)
{
    if (code < 0x300)
        return 1;
    if (range_has(zero_ranges, cede__countof(zero_ranges), code))
        return 0;
    return range_has(wide_ranges, cede__countof(wide_ranges), code) ? 2 : 1;
}

/* The length of the escape sequence at `text`: CSI to its final byte, OSC to BEL or ST, else two
 * bytes. */
static size_t escape_length(const char *text)
{
    size_t i = 2;

    if (text[1] == '[') {
        while (text[i] >= 0x20 && text[i] <= 0x3f)
            i++;
        return text[i] >= 0x40 && text[i] <= 0x7e ? i + 1 : i;
    }
    if (text[1] == ']') {
        while (text[i] != '\0' && text[i] != '\a' && text[i] != ESCAPE)
            i++;
        if (text[i] == '\a')
            return i + 1;
        return text[i] == ESCAPE && text[i + 1] == '\\' ? i + 2 : i;
    }
    return text[1] >= 0x20 && text[1] <= 0x7e ? 2 : 1;
}

/* The character of more than one byte at `text`; a single byte where it is none. */
static struct piece piece_of_utf8(const char *text)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char lead = (unsigned char)text[0];
    const size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    uint32_t code = lead & (0xffu >> (length + 1));

    if (length == 1 || lead >= 0xf8)
        return (struct piece){.length = 1, .columns = 1};
    for (size_t i = 1; i < length; i++) {
        if (((unsigned char)text[i] & 0xc0) != 0x80)
            return (struct piece){.length = 1, .columns = 1};
        code = code << 6 | ((unsigned char)text[i] & 0x3f);
    }
    if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        return (struct piece){.length = 1, .columns = 1};
    /* C1 controls act like escape sequences on some terminals. */
    return (struct piece){.length = length, .columns = code_columns(code), .control = code < 0xa0};
}

/* The piece at `text`, which is not empty. */
static struct piece piece_at(const char *text)
{
    const unsigned char lead = (unsigned char)text[0];

    if (lead == ESCAPE) {
        const size_t length = escape_length(text);
        return (struct piece){
            .length = length, .escape = true, .colour = text[1] == '[' && text[length - 1] == 'm'};
    }
    if (lead < 0x80)
        return (struct piece){.length = 1, .columns = 1, .control = lead < 0x20 || lead == 0x7f};
    return piece_of_utf8(text);
}

int cede__width_of(const char *text)
{
    int columns = 0;

    while (*text != '\0') {
        const struct piece piece = piece_at(text);
        columns += piece.columns;
        text += piece.length;
    }
    return columns;
}

int cede__width_trim(char *text, size_t size, int columns)
{
    const size_t reset = sizeof CEDE__COLOUR_RESET - 1;
    bool has_escape = false;
    size_t end = 0;
    int filled = 0;

    while (text[end] != '\0') {
        const struct piece piece = piece_at(text + end);
        if (filled + piece.columns > columns)
            break;
        has_escape |= piece.escape;
        filled += piece.columns;
        end += piece.length;
    }
    text[end] = '\0';
    if (has_escape && (end < reset || strcmp(text + end - reset, CEDE__COLOUR_RESET) != 0) &&
        end + reset < size)
        memcpy(text + end, CEDE__COLOUR_RESET, reset + 1);
    return filled;
}

void cede__width_copy_clean(char *to, size_t size, const char *text)
{
    size_t end = 0;

    while (text && *text != '\0') {
        const struct piece piece = piece_at(text);
        if (!piece.escape || piece.colour) {
            const size_t length = piece.control ? 1 : piece.length;
            if (end + length >= size)
                break;
            if (piece.control)
                to[end] = ' ';
            else
                memcpy(to + end, text, length);
            end += length;
        }
        text += piece.length;
    }
    to[end] = '\0';
}
