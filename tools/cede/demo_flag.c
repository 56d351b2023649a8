/* demo_flag.c - flags of the twenty most populous countries as PNG files, simplified to stripes,
 * discs, triangles, boxes and stars.
 *
 * A flag is a line of text: stripes ("-" lying, "|" standing) by letters of colours, each letter a
 * share of the height or width, then shapes, each painted over what is there:
 *
 *     o x y r c     a disc           * x y r c   a star of five points
 *     # x y w h c   a box            > c         a triangle at the hoist
 *     / w c         a diagonal band  v c         a diamond
 *
 * with numbers as letters, 'a' being 0 and each further one two pixels more. The PNG has a palette,
 * four bits a pixel, and is not compressed: its data are one stored block.
 */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "demo_flag.h"

enum { WIDTH = 60, HEIGHT = 40, ROW = 1 + WIDTH / 2, PIXELS = ROW * HEIGHT };

static const struct {
    char code[3];
    const char *picture;
} flags[DEMO_FLAGS] = {
    {"bd", "-G ookgR"},
    {"br", "-G vY opkgB"},
    {"cd", "-S /eY /cR *hhfY"},
    {"cn", "-R *ggeY *mccY *oecY *ohcY *mkcY"},
    {"de", "-KRY"},
    {"eg", "-RWK opkdY"},
    {"et", "-GYR opkgB *pkfY"},
    {"fr", "|BWR"},
    {"id", "-RW"},
    {"in", "-OWG opkdB opkcW"},
    {"ir", "-GWR *pkdR"},
    {"jp", "-W opkgR"},
    {"mx", "|GWR opkdO"},
    {"ng", "|GWG"},
    {"ph", "-BR >W *ekfY"},
    {"pk", "|WGGG oskgW oujgG *xgcW"},
    {"ru", "-WBR"},
    {"tr", "-R omkhW onkgR *tkdW"},
    {"us", "-RWRWRWRWRWRWR #aamlB *ddcW *hdcW *ehcW *jhcW"},
    {"vn", "-R *pkhY"},
};

/* The palette, in the order of `letters`. */
static const char letters[] = "WKRGBYOS";
static const unsigned char palette[][3] = {
    {0xff, 0xff, 0xff}, {0x10, 0x10, 0x10}, {0xd0, 0x10, 0x30}, {0x00, 0x80, 0x48},
    {0x10, 0x30, 0x80}, {0xff, 0xd0, 0x10}, {0xff, 0x90, 0x30}, {0x20, 0x80, 0xff},
};

static unsigned char colour(char letter)
{
    return (unsigned char)(strchr(letters, letter) - letters);
}

static int number(char letter)
{
    return letter >= 'a' && letter <= 'z' ? 2 * (letter - 'a') : 0;
}

typedef unsigned char canvas[HEIGHT][WIDTH];

static const char *paint_stripes(canvas at, const char *text)
{
    const size_t n = strcspn(text + 1, " ");

    for (size_t y = 0; y < HEIGHT; y++) {
        for (size_t x = 0; x < WIDTH; x++)
            at[y][x] = colour(text[1 + (text[0] == '-' ? y * n / HEIGHT : x * n / WIDTH)]);
    }
    return text + 1 + n;
}

/* Whether a point lies in a star of radius 1 around the origin: in at least four of the five half
 * planes that its edges bound. */
static int in_star(double x, double y)
{
    int inside = 0;

    for (int i = 0; i < 5; i++) {
        const double angle = 3.14159265358979 * (0.4 * i - 0.5);
        inside += x * cos(angle) + y * sin(angle) <= 0.309;
    }
    return inside >= 4;
}

/* Whether a pixel belongs to a shape. */
static int in_shape(const char *shape, double x, double y)
{
    const double dx = x - number(shape[1]), dy = y - number(shape[2]);
    const double r = shape[2] ? number(shape[3]) : 0;

    switch (shape[0]) {
    case 'o':
        return dx * dx + dy * dy <= r * r;
    case '*':
        return in_star(dx / r, dy / r);
    case '#':
        return dx >= 0 && dy >= 0 && dx < number(shape[3]) && dy < number(shape[4]);
    case '/':
        return fabs(x * HEIGHT / WIDTH + y - HEIGHT) < number(shape[1]);
    case '>':
        return x < 34 - fabs(y - HEIGHT * 0.5) * 34 / (HEIGHT * 0.5);
    default: /* v */
        return fabs(x - WIDTH * 0.5) / 26 + fabs(y - HEIGHT * 0.5) / 17 <= 1;
    }
}

static void paint(canvas at, const char *text)
{
    const char *shape = paint_stripes(at, text);

    while (*shape == ' ') {
        const size_t length = strcspn(++shape, " ");
        for (size_t y = 0; y < HEIGHT; y++) {
            for (size_t x = 0; x < WIDTH; x++) {
                if (in_shape(shape, (double)x + 0.5, (double)y + 0.5))
                    at[y][x] = colour(shape[length - 1]);
            }
        }
        shape += length;
    }
}

/* PNG (ISO/IEC 15948): chunks with a check sum each; zlib data (RFC 1950, 1951) in one of them. */

struct output {
    unsigned char *bytes;
    size_t n;
};

static void put(struct output *out, const void *bytes, size_t n)
{
    memcpy(out->bytes + out->n, bytes, n);
    out->n += n;
}

static void put_32(struct output *out, uint32_t value)
{
    const unsigned char bytes[] = {(unsigned char)(value >> 24), (unsigned char)(value >> 16),
                                   (unsigned char)(value >> 8), (unsigned char)value};

    put(out, bytes, 4);
}

static uint32_t crc(const unsigned char *bytes, size_t n)
{
    uint32_t sum = 0xffffffff;

    for (size_t i = 0; i < n; i++) {
        sum ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            sum = sum >> 1 ^ (sum & 1 ? 0xedb88320 : 0);
    }
    return ~sum;
}

static void put_chunk(struct output *out, const char *type, const void *bytes, size_t n)
{
    const size_t start = out->n + 4;

    put_32(out, (uint32_t)n);
    put(out, type, 4);
    if (n > 0)
        put(out, bytes, n);
    put_32(out, crc(out->bytes + start, n + 4));
}

/* The pixels, each row after a zero (no filter), as a stored block. */
static size_t store_pixels(canvas at, unsigned char *data)
{
    const unsigned char head[] = {
        0x78, 0x01, 1, PIXELS & 0xff, PIXELS >> 8, ~PIXELS & 0xff, ~PIXELS >> 8 & 0xff};
    struct output out = {data, 0};
    uint32_t a = 1, b = 0;

    put(&out, head, sizeof head);
    for (size_t y = 0; y < HEIGHT; y++) {
        unsigned char row[ROW] = {0};
        for (size_t x = 0; x < WIDTH; x++)
            row[1 + x / 2] |= (unsigned char)(at[y][x] << (x % 2 ? 0 : 4));
        for (size_t i = 0; i < ROW; i++) {
            a = (a + row[i]) % 65521;
            b = (b + a) % 65521;
        }
        put(&out, row, ROW);
    }
    put_32(&out, b << 16 | a);
    return out.n;
}

const char *demo_flag_code(size_t n)
{
    return flags[n].code;
}

size_t demo_flag_png(size_t n, unsigned char **bytes_out)
{
    static const unsigned char head[] = {0, 0, 0, WIDTH, 0, 0, 0, HEIGHT, 4, 3, 0, 0, 0};
    struct output out = {malloc(PIXELS + 200), 0};
    unsigned char data[PIXELS + 16];
    canvas at;

    if (!out.bytes)
        return 0;
    paint(at, flags[n].picture);
    put(&out, "\x89PNG\r\n\x1a\n", 8);
    put_chunk(&out, "IHDR", head, sizeof head);
    put_chunk(&out, "PLTE", palette, sizeof palette);
    put_chunk(&out, "IDAT", data, store_pixels(at, data));
    put_chunk(&out, "IEND", NULL, 0);
    *bytes_out = out.bytes;
    return out.n;
}
