// What a disk holds for certain, and what it was told but may lose. No SQLite in here.
#ifndef DISK_MODEL_H
#define DISK_MODEL_H

#include <stddef.h>
#include <stdint.h>

// A write or a truncation that no sync has covered.
typedef struct disk_operation {
    struct disk_operation *next;
    int64_t offset;   // of a write; the new size of a truncation
    int64_t length;   // -1: a truncation
    uint8_t bytes[];
} disk_operation;

// A file's content, whatever name it has.
typedef struct disk_file {
    struct disk_file *next;
    uint8_t *synced;
    int64_t synced_size;
    int64_t synced_capacity;
    disk_operation *first, *last;
} disk_file;

// A name in a folder: the file it names now, and the one it names for certain. NULL: none.
typedef struct disk_entry {
    struct disk_entry *next;
    char *path;
    disk_file *now;
    disk_file *synced;
} disk_entry;

typedef struct disk_model {
    disk_entry *entries;
    disk_file *files;
} disk_model;

disk_entry *disk_entry_at(disk_model *disk, const char *path);            // made where missing
disk_file *disk_file_new(disk_model *disk, const void *bytes, int64_t size);
void disk_write(disk_file *file, const void *bytes, int64_t length, int64_t offset);
void disk_truncate(disk_file *file, int64_t size);
void disk_sync(disk_file *file);
void disk_sync_folder_of(disk_model *disk, const char *path);
int disk_restore(disk_model *disk, uint64_t seed);                       // onto the real disk; 0, or -1
void disk_clear(disk_model *disk);

#endif
