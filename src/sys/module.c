/* module.c - reads the table of loaded modules that the dynamic linker keeps.
 *
 * A module that was linked without a build-id is known by a hash of its file's name and of where
 * its parts lie: as good, unless two versions of it differ in nothing but their code.
 */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <link.h>
#include <string.h>

#include "sys/module.h"

/* The build-id among the notes of a segment; whether there is one. Cut, or filled up with zeros. */
static bool notes_find_id(const char *notes, size_t size, uint8_t *id_out)
{
    size_t at = 0;

    while (at + sizeof(ElfW(Nhdr)) <= size) {
        ElfW(Nhdr) head;
        const char *name = notes + at + sizeof head;
        size_t data_at;

        memcpy(&head, notes + at, sizeof head);
        data_at = at + sizeof head + ((head.n_namesz + 3) & ~(size_t)3);
        if (data_at > size || head.n_descsz > size - data_at)
            return false;
        if (head.n_type == NT_GNU_BUILD_ID && head.n_namesz == 4 && memcmp(name, "GNU", 4) == 0) {
            const size_t n = head.n_descsz;
            memcpy(id_out, notes + data_at, n < CEDE__MODULE_ID_SIZE ? n : CEDE__MODULE_ID_SIZE);
            return true;
        }
        at = data_at + ((head.n_descsz + 3) & ~(size_t)3);
    }
    return false;
}

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ ((const uint8_t *)bytes)[i]) * 1099511628211u; /* FNV-1a */
    return hash;
}

static void id_by_looks(const struct dl_phdr_info *info, uint8_t *id_out)
{
    const char *slash = strrchr(info->dlpi_name, '/');
    const char *name = slash ? slash + 1 : info->dlpi_name;
    uint64_t hash = hash_bytes(14695981039346656037u, name, strlen(name));

    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        hash = hash_bytes(hash, &part->p_vaddr, sizeof part->p_vaddr);
        hash = hash_bytes(hash, &part->p_memsz, sizeof part->p_memsz);
        hash = hash_bytes(hash, &part->p_filesz, sizeof part->p_filesz);
    }
    memcpy(id_out, &hash, sizeof hash);
}

static int module_add(struct dl_phdr_info *info, size_t size, void *arg)
{
    struct cede__modules *modules = arg;
    struct cede__module *module = &modules->list[modules->n];
    bool has_id = false;

    (void)size;
    if (modules->n == CEDE__MODULES_MAX)
        return 1;
    memset(module, 0, sizeof *module);
    module->base = info->dlpi_addr;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        const uintptr_t low = info->dlpi_addr + part->p_vaddr;

        if (part->p_type == PT_LOAD && module->n_segments < CEDE__SEGMENTS_MAX)
            module->segments[module->n_segments++] =
                (struct cede__segment){low, low + part->p_memsz, (part->p_flags & PF_X) != 0};
        else if (part->p_type == PT_NOTE && !has_id)
            has_id = notes_find_id((const char *)low, part->p_memsz, module->id);
    }
    if (!has_id)
        id_by_looks(info, module->id);
    modules->n++;
    return 0;
}

void cede__modules_read(struct cede__modules *modules)
{
    modules->n = 0;
    (void)dl_iterate_phdr(module_add, modules); /* says only whether it was cut short */
}

static const struct cede__segment *module_segment(const struct cede__module *module,
                                                  uintptr_t address)
{
    for (size_t i = 0; i < module->n_segments; i++) {
        if (address >= module->segments[i].low && address < module->segments[i].high)
            return &module->segments[i];
    }
    return NULL;
}

bool cede__place_of(const struct cede__modules *modules, uintptr_t address, struct cede__place *out)
{
    for (size_t i = 0; i < modules->n; i++) {
        const struct cede__module *module = &modules->list[i];
        if (!module_segment(module, address))
            continue;
        memset(out, 0, sizeof *out);
        memcpy(out->module, module->id, sizeof out->module);
        out->offset = address - module->base;
        return true;
    }
    return false;
}

uintptr_t cede__place_find(const struct cede__modules *modules, const struct cede__place *place,
                           bool is_code)
{
    for (size_t i = 0; i < modules->n; i++) {
        const struct cede__module *module = &modules->list[i];
        const struct cede__segment *segment;
        const uintptr_t address = module->base + place->offset;

        if (memcmp(module->id, place->module, sizeof module->id) != 0)
            continue;
        segment = module_segment(module, address);
        return segment && (segment->is_code || !is_code) ? address : 0;
    }
    return 0;
}

bool cede__modules_hold(const struct cede__modules *modules, uintptr_t address, size_t size)
{
    for (size_t i = 0; i < modules->n; i++) {
        const struct cede__segment *segment = module_segment(&modules->list[i], address);
        if (segment)
            return size <= segment->high - address;
    }
    return false;
}
