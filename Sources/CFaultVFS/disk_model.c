#include "disk_model.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// What a disk writes at once.
enum { SECTOR_BYTES = 512 };

// A test cannot go on without memory, and must not go on with a wrong model.
static void *need(void *memory) {
    if (memory == NULL) abort();
    return memory;
}

disk_entry *disk_entry_at(disk_model *disk, const char *path) {
    for (disk_entry *entry = disk->entries; entry != NULL; entry = entry->next)
        if (strcmp(entry->path, path) == 0) return entry;
    disk_entry *entry = need(calloc(1, sizeof *entry));
    entry->path = need(strdup(path));
    entry->next = disk->entries;
    disk->entries = entry;
    return entry;
}

static void synced_write(disk_file *file, const void *bytes, int64_t length, int64_t offset) {
    int64_t end = offset + length;
    if (end > file->synced_capacity) {
        int64_t capacity = end > 2 * file->synced_capacity ? end : 2 * file->synced_capacity;
        file->synced = need(realloc(file->synced, (size_t)capacity));
        file->synced_capacity = capacity;
    }
    if (offset > file->synced_size) memset(file->synced + file->synced_size, 0, (size_t)(offset - file->synced_size));
    if (length > 0) memcpy(file->synced + offset, bytes, (size_t)length);
    if (end > file->synced_size) file->synced_size = end;
}

static void synced_truncate(disk_file *file, int64_t size) {
    if (size > file->synced_size) synced_write(file, NULL, 0, size);
    file->synced_size = size;
}

disk_file *disk_file_new(disk_model *disk, const void *bytes, int64_t size) {
    disk_file *file = need(calloc(1, sizeof *file));
    if (size > 0) synced_write(file, bytes, size, 0);
    file->next = disk->files;
    disk->files = file;
    return file;
}

static void add(disk_file *file, const void *bytes, int64_t length, int64_t offset) {
    size_t size = length > 0 ? (size_t)length : 0;
    disk_operation *operation = need(malloc(sizeof *operation + size));
    operation->next = NULL;
    operation->offset = offset;
    operation->length = length;
    if (size > 0) memcpy(operation->bytes, bytes, size);
    if (file->last != NULL) file->last->next = operation; else file->first = operation;
    file->last = operation;
}

void disk_write(disk_file *file, const void *bytes, int64_t length, int64_t offset) {
    if (length > 0) add(file, bytes, length, offset);
}

void disk_truncate(disk_file *file, int64_t size) { add(file, NULL, -1, size); }

static void drop_operations(disk_file *file) {
    while (file->first != NULL) {
        disk_operation *next = file->first->next;
        free(file->first);
        file->first = next;
    }
    file->last = NULL;
}

static void apply(disk_file *file, const disk_operation *operation) {
    if (operation->length < 0) synced_truncate(file, operation->offset);
    else synced_write(file, operation->bytes, operation->length, operation->offset);
}

void disk_sync(disk_file *file) {
    for (disk_operation *operation = file->first; operation != NULL; operation = operation->next)
        apply(file, operation);
    drop_operations(file);
}

static size_t folder_bytes(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

void disk_sync_folder_of(disk_model *disk, const char *path) {
    size_t folder = folder_bytes(path);
    for (disk_entry *entry = disk->entries; entry != NULL; entry = entry->next)
        if (folder_bytes(entry->path) == folder && strncmp(entry->path, path, folder) == 0) entry->synced = entry->now;
}

// SplitMix64 (Steele, Lea, Flood 2014).
static uint64_t draw(uint64_t *state) {
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

// Single sectors of a write, cut where the file's sectors meet; a whole one or nothing of it.
static void apply_sectors(disk_file *file, const disk_operation *operation, uint64_t *random) {
    int64_t done = 0;
    while (done < operation->length) {
        int64_t offset = operation->offset + done;
        int64_t length = SECTOR_BYTES - offset % SECTOR_BYTES;
        if (length > operation->length - done) length = operation->length - done;
        if (draw(random) & 1) synced_write(file, operation->bytes + done, length, offset);
        done += length;
    }
}

// What becomes of the operations that no sync covered.
static void lose(disk_file *file, uint64_t seed, uint64_t *random) {
    int64_t count = 0;
    for (disk_operation *operation = file->first; operation != NULL; operation = operation->next) count++;
    uint64_t manner = seed == 0 ? 0 : draw(random) % 4;
    int64_t kept = count == 0 ? 0 : (int64_t)(draw(random) % (uint64_t)(count + 1));
    int64_t index = 0;
    for (disk_operation *operation = file->first; operation != NULL; operation = operation->next, index++) {
        switch (manner) {
        case 0:  // nothing of them
            break;
        case 1:  // the first ones, and of the next some sectors
            if (index < kept) apply(file, operation);
            else if (index == kept && operation->length > 0) apply_sectors(file, operation, random);
            break;
        case 2:  // any of them
            if (draw(random) & 1) apply(file, operation);
            break;
        default:  // any sectors of any of them
            if (operation->length > 0) apply_sectors(file, operation, random);
            else if (draw(random) & 1) apply(file, operation);
        }
    }
    drop_operations(file);
}

static int put(const char *path, const disk_file *file) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return -1;
    int64_t done = 0;
    while (done < file->synced_size) {
        ssize_t written = write(fd, file->synced + done, (size_t)(file->synced_size - done));
        if (written <= 0) break;
        done += written;
    }
    int closed = close(fd);
    return done == file->synced_size && closed == 0 ? 0 : -1;
}

int disk_restore(disk_model *disk, uint64_t seed) {
    uint64_t random = seed;
    int status = 0;
    for (disk_file *file = disk->files; file != NULL; file = file->next) lose(file, seed, &random);
    for (disk_entry *entry = disk->entries; entry != NULL; entry = entry->next) {
        disk_file *file = entry->synced;
        if (file != entry->now && seed != 0 && (draw(&random) & 1)) file = entry->now;
        if (file != NULL) {
            if (put(entry->path, file) != 0) status = -1;
        } else if (unlink(entry->path) != 0 && access(entry->path, F_OK) == 0) {
            status = -1;
        }
    }
    return status;
}

void disk_clear(disk_model *disk) {
    while (disk->entries != NULL) {
        disk_entry *next = disk->entries->next;
        free(disk->entries->path);
        free(disk->entries);
        disk->entries = next;
    }
    while (disk->files != NULL) {
        disk_file *next = disk->files->next;
        drop_operations(disk->files);
        free(disk->files->synced);
        free(disk->files);
        disk->files = next;
    }
}
