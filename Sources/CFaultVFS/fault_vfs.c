#include "fault_vfs.h"
#include "disk_model.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KINDS_OF_FILE = 3, KINDS_OF_OPERATION = 5 };

// What is to happen when the countdown of matching operations is over.
typedef struct plan {
    int operations, files;
    int64_t after;   // matching operations that still pass
    int64_t times;   // then so many fail; 0: all
    int code;        // a SQLite result code; SQLITE_OK: the power is cut
    uint64_t seed;
    int armed;
} plan;

struct fault_vfs {
    sqlite3_vfs base;
    sqlite3_vfs *real;
    char *name;
    pthread_mutex_t lock;   // over all that follows
    disk_model disk;
    plan plan;
    int off;
    uint64_t seed;
    int open_files;
    int watched;   // files whose syncs are told
    void (*before_sync)(void *context);
    void *before_sync_context;
    int64_t counts[KINDS_OF_OPERATION][KINDS_OF_FILE];
};

typedef struct fault_file {
    sqlite3_file base;
    fault_vfs *vfs;
    disk_file *content;    // NULL for a temporary file, which no power cut needs to model
    char *path;
    int kind;              // FAULT_VFS_DATABASE and so on
    int syncs_folder;      // the first sync of a journal or WAL syncs its folder, as SQLite's own VFS does
    sqlite3_file *real;
} fault_file;

static fault_vfs *of(sqlite3_vfs *vfs) { return (fault_vfs *)vfs->pAppData; }
static fault_file *as(sqlite3_file *file) { return (fault_file *)file; }

static void enter(fault_vfs *vfs) { pthread_mutex_lock(&vfs->lock); }
static int leave(fault_vfs *vfs, int code) {
    pthread_mutex_unlock(&vfs->lock);
    return code;
}

static int kind_of(int flags) {
    if (flags & SQLITE_OPEN_MAIN_DB) return FAULT_VFS_DATABASE;
    if (flags & SQLITE_OPEN_WAL) return FAULT_VFS_WAL;
    if (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL)) return FAULT_VFS_JOURNAL;
    return 0;
}

static int kind_of_path(const char *path) {
    size_t length = strlen(path);
    if (length > 4 && strcmp(path + length - 4, "-wal") == 0) return FAULT_VFS_WAL;
    if (length > 8 && strcmp(path + length - 8, "-journal") == 0) return FAULT_VFS_JOURNAL;
    return FAULT_VFS_DATABASE;
}

static int position_of(int bit) {
    int position = 0;
    while (bit > 1) { bit >>= 1; position++; }
    return position;
}

// Counts an operation and says how it ends: SQLITE_OK to do it, or the code it fails with. `failed` is the code of a
// stopped machine. The lock is held.
static int permit(fault_vfs *vfs, int operation, int kind, int failed) {
    if (vfs->off) return failed;
    if (kind == 0) return SQLITE_OK;
    vfs->counts[position_of(operation)][position_of(kind)]++;
    plan *plan = &vfs->plan;
    if (!plan->armed || !(plan->operations & operation) || !(plan->files & kind)) return SQLITE_OK;
    if (plan->after > 0) {
        plan->after--;
        return SQLITE_OK;
    }
    if (plan->code == SQLITE_OK) {
        plan->armed = 0;
        vfs->off = 1;
        vfs->seed = plan->seed;
        return failed;
    }
    if (plan->times > 0 && --plan->times == 0) plan->armed = 0;
    return plan->code;
}

// Files

static int file_close(sqlite3_file *base) {
    fault_file *file = as(base);
    fault_vfs *vfs = file->vfs;
    int code = file->real->pMethods != NULL ? file->real->pMethods->xClose(file->real) : SQLITE_OK;
    free(file->path);
    enter(vfs);
    vfs->open_files--;
    return leave(vfs, code);
}

static int file_read(sqlite3_file *base, void *bytes, int length, sqlite3_int64 offset) {
    fault_file *file = as(base);
    enter(file->vfs);
    int off = file->vfs->off;
    leave(file->vfs, 0);
    return off ? SQLITE_IOERR_READ : file->real->pMethods->xRead(file->real, bytes, length, offset);
}

static int file_write(sqlite3_file *base, const void *bytes, int length, sqlite3_int64 offset) {
    fault_file *file = as(base);
    fault_vfs *vfs = file->vfs;
    enter(vfs);
    int was_off = vfs->off;
    int verdict = permit(vfs, FAULT_VFS_WRITE, file->kind, SQLITE_IOERR_WRITE);
    if (verdict != SQLITE_OK) {
        if (!was_off && vfs->off) {
            // The power fails in the middle of this write: it may survive, in part.
            if (file->content != NULL) disk_write(file->content, bytes, length, offset);
        } else if (!vfs->off && length > 1
                   && file->real->pMethods->xWrite(file->real, bytes, length / 2, offset) == SQLITE_OK
                   && file->content != NULL) {
            disk_write(file->content, bytes, length / 2, offset);
        }
        return leave(vfs, verdict);
    }
    int code = file->real->pMethods->xWrite(file->real, bytes, length, offset);
    if (code == SQLITE_OK && file->content != NULL) disk_write(file->content, bytes, length, offset);
    return leave(vfs, code);
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size) {
    fault_file *file = as(base);
    fault_vfs *vfs = file->vfs;
    enter(vfs);
    int code = permit(vfs, FAULT_VFS_TRUNCATE, file->kind, SQLITE_IOERR_TRUNCATE);
    if (code == SQLITE_OK) code = file->real->pMethods->xTruncate(file->real, size);
    if (code == SQLITE_OK && file->content != NULL) disk_truncate(file->content, size);
    return leave(vfs, code);
}

static int file_sync(sqlite3_file *base, int flags) {
    (void)flags;
    fault_file *file = as(base);
    fault_vfs *vfs = file->vfs;
    enter(vfs);
    void (*call)(void *) = vfs->watched & file->kind ? vfs->before_sync : NULL;
    void *context = vfs->before_sync_context;
    leave(vfs, 0);
    if (call != NULL) call(context);   // without the lock: it may read through this VFS
    enter(vfs);
    int code = permit(vfs, FAULT_VFS_SYNC, file->kind, SQLITE_IOERR_FSYNC);
    if (code == SQLITE_OK && file->content != NULL) {
        disk_sync(file->content);
        if (file->syncs_folder) disk_sync_folder_of(&vfs->disk, file->path);
        file->syncs_folder = 0;
    }
    return leave(vfs, code);
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size) {
    fault_file *file = as(base);
    enter(file->vfs);
    int off = file->vfs->off;
    leave(file->vfs, 0);
    return off ? SQLITE_IOERR_FSTAT : file->real->pMethods->xFileSize(file->real, size);
}

static int file_lock(sqlite3_file *base, int level) {
    return as(base)->real->pMethods->xLock(as(base)->real, level);
}
static int file_unlock(sqlite3_file *base, int level) {
    return as(base)->real->pMethods->xUnlock(as(base)->real, level);
}
static int file_is_reserved(sqlite3_file *base, int *reserved) {
    return as(base)->real->pMethods->xCheckReservedLock(as(base)->real, reserved);
}

static int file_control(sqlite3_file *base, int operation, void *argument) {
    fault_file *file = as(base);
    switch (operation) {
    case SQLITE_FCNTL_SIZE_HINT:
    case SQLITE_FCNTL_CHUNK_SIZE:
        return SQLITE_OK;   // would write behind the model's back, and is only a hint
    case SQLITE_FCNTL_VFSNAME:
        *(char **)argument = sqlite3_mprintf("%s", file->vfs->name);
        return SQLITE_OK;
    default:
        return file->real->pMethods->xFileControl(file->real, operation, argument);
    }
}

static int file_sector_size(sqlite3_file *base) { return as(base)->real->pMethods->xSectorSize(as(base)->real); }

// Only the promises that the model keeps.
static int file_characteristics(sqlite3_file *base) {
    return as(base)->real->pMethods->xDeviceCharacteristics(as(base)->real) & SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int file_shm_map(sqlite3_file *base, int region, int size, int extend, void volatile **memory) {
    return as(base)->real->pMethods->xShmMap(as(base)->real, region, size, extend, memory);
}
static int file_shm_lock(sqlite3_file *base, int offset, int count, int flags) {
    return as(base)->real->pMethods->xShmLock(as(base)->real, offset, count, flags);
}
static void file_shm_barrier(sqlite3_file *base) { as(base)->real->pMethods->xShmBarrier(as(base)->real); }
static int file_shm_unmap(sqlite3_file *base, int delete_it) {
    return as(base)->real->pMethods->xShmUnmap(as(base)->real, delete_it);
}

// Version 2: shared memory, but no memory-mapped reads.
static const sqlite3_io_methods methods = {
    2, file_close, file_read, file_write, file_truncate, file_sync, file_size, file_lock, file_unlock,
    file_is_reserved, file_control, file_sector_size, file_characteristics,
    file_shm_map, file_shm_lock, file_shm_barrier, file_shm_unmap, NULL, NULL};

// The VFS

// The model's view of a file just opened: known already, new, or there before the model was.
static int adopt(fault_vfs *vfs, fault_file *file, const char *path, int existed) {
    disk_entry *entry = disk_entry_at(&vfs->disk, path);
    if (!existed) {
        entry->now = disk_file_new(&vfs->disk, NULL, 0);
    } else if (entry->now == NULL) {
        sqlite3_int64 size = 0;
        int code = file->real->pMethods->xFileSize(file->real, &size);
        if (code != SQLITE_OK) return code;
        uint8_t *bytes = malloc(size > 0 ? (size_t)size : 1);
        if (bytes == NULL) return SQLITE_NOMEM;
        if (size > 0) code = file->real->pMethods->xRead(file->real, bytes, (int)size, 0);
        if (code == SQLITE_OK) entry->now = entry->synced = disk_file_new(&vfs->disk, bytes, size);
        free(bytes);
        if (code != SQLITE_OK) return code;
    }
    file->content = entry->now;
    return SQLITE_OK;
}

static int vfs_open(sqlite3_vfs *base, const char *path, sqlite3_file *opened, int flags, int *out_flags) {
    fault_vfs *vfs = of(base);
    fault_file *file = as(opened);
    memset(file, 0, sizeof *file);
    file->vfs = vfs;
    file->kind = kind_of(flags);
    file->real = (sqlite3_file *)(file + 1);
    file->syncs_folder = (flags & SQLITE_OPEN_CREATE) && (file->kind & (FAULT_VFS_JOURNAL | FAULT_VFS_WAL));
    enter(vfs);
    int code = permit(vfs, FAULT_VFS_OPEN, file->kind, SQLITE_CANTOPEN);
    if (code != SQLITE_OK) return leave(vfs, code);
    int existed = path != NULL && access(path, F_OK) == 0;
    code = vfs->real->xOpen(vfs->real, path, file->real, flags, out_flags);
    if (code == SQLITE_OK && path != NULL && file->kind != 0) {
        file->path = strdup(path);
        code = file->path == NULL ? SQLITE_NOMEM : adopt(vfs, file, path, existed);
    }
    if (code != SQLITE_OK) {
        if (file->real->pMethods != NULL) file->real->pMethods->xClose(file->real);
        free(file->path);
        return leave(vfs, code);
    }
    vfs->open_files++;
    file->base.pMethods = &methods;
    return leave(vfs, SQLITE_OK);
}

static int vfs_delete(sqlite3_vfs *base, const char *path, int sync_folder) {
    fault_vfs *vfs = of(base);
    enter(vfs);
    int code = permit(vfs, FAULT_VFS_DELETE, kind_of_path(path), SQLITE_IOERR_DELETE);
    // Never synced for real: the model alone decides what lasts.
    if (code == SQLITE_OK) code = vfs->real->xDelete(vfs->real, path, 0);
    if (code == SQLITE_OK) {
        disk_entry_at(&vfs->disk, path)->now = NULL;
        if (sync_folder) disk_sync_folder_of(&vfs->disk, path);
    }
    return leave(vfs, code);
}

static int vfs_access(sqlite3_vfs *base, const char *path, int flags, int *result) {
    return of(base)->real->xAccess(of(base)->real, path, flags, result);
}
static int vfs_full_pathname(sqlite3_vfs *base, const char *path, int size, char *out) {
    return of(base)->real->xFullPathname(of(base)->real, path, size, out);
}
static void *vfs_dl_open(sqlite3_vfs *base, const char *path) {
    return of(base)->real->xDlOpen(of(base)->real, path);
}
static void vfs_dl_error(sqlite3_vfs *base, int size, char *out) { of(base)->real->xDlError(of(base)->real, size, out); }
static void (*vfs_dl_symbol(sqlite3_vfs *base, void *handle, const char *symbol))(void) {
    return of(base)->real->xDlSym(of(base)->real, handle, symbol);
}
static void vfs_dl_close(sqlite3_vfs *base, void *handle) { of(base)->real->xDlClose(of(base)->real, handle); }
static int vfs_randomness(sqlite3_vfs *base, int size, char *out) {
    return of(base)->real->xRandomness(of(base)->real, size, out);
}
static int vfs_sleep(sqlite3_vfs *base, int microseconds) { return of(base)->real->xSleep(of(base)->real, microseconds); }
static int vfs_time(sqlite3_vfs *base, double *days) { return of(base)->real->xCurrentTime(of(base)->real, days); }
static int vfs_last_error(sqlite3_vfs *base, int size, char *out) {
    return of(base)->real->xGetLastError(of(base)->real, size, out);
}
static int vfs_time64(sqlite3_vfs *base, sqlite3_int64 *milliseconds) {
    return of(base)->real->xCurrentTimeInt64(of(base)->real, milliseconds);
}

fault_vfs *fault_vfs_register(const char *name) {
    sqlite3_vfs *real = sqlite3_vfs_find("unix");
    if (real == NULL || real->iVersion < 2 || sqlite3_vfs_find(name) != NULL) return NULL;
    fault_vfs *vfs = calloc(1, sizeof *vfs);
    if (vfs == NULL) return NULL;
    vfs->name = strdup(name);
    vfs->real = real;
    if (vfs->name == NULL || pthread_mutex_init(&vfs->lock, NULL) != 0) {
        free(vfs->name);
        free(vfs);
        return NULL;
    }
    vfs->base = (sqlite3_vfs){
        .iVersion = 2, .szOsFile = (int)sizeof(fault_file) + real->szOsFile, .mxPathname = real->mxPathname,
        .zName = vfs->name, .pAppData = vfs, .xOpen = vfs_open, .xDelete = vfs_delete, .xAccess = vfs_access,
        .xFullPathname = vfs_full_pathname, .xDlOpen = vfs_dl_open, .xDlError = vfs_dl_error,
        .xDlSym = vfs_dl_symbol, .xDlClose = vfs_dl_close, .xRandomness = vfs_randomness, .xSleep = vfs_sleep,
        .xCurrentTime = vfs_time, .xGetLastError = vfs_last_error, .xCurrentTimeInt64 = vfs_time64};
    if (sqlite3_vfs_register(&vfs->base, 0) != SQLITE_OK) {
        pthread_mutex_destroy(&vfs->lock);
        free(vfs->name);
        free(vfs);
        return NULL;
    }
    return vfs;
}

int fault_vfs_unregister(fault_vfs *vfs) {
    enter(vfs);
    int open_files = leave(vfs, vfs->open_files);
    if (open_files > 0) return open_files;
    sqlite3_vfs_unregister(&vfs->base);
    disk_clear(&vfs->disk);
    pthread_mutex_destroy(&vfs->lock);
    free(vfs->name);
    free(vfs);
    return 0;
}

void fault_vfs_power_cut(fault_vfs *vfs, uint64_t seed) {
    enter(vfs);
    if (!vfs->off) {
        vfs->off = 1;
        vfs->seed = seed;
    }
    leave(vfs, 0);
}

static void set_plan(fault_vfs *vfs, plan next) {
    enter(vfs);
    vfs->plan = next;
    leave(vfs, 0);
}

void fault_vfs_power_cut_after(fault_vfs *vfs, int operations, int files, int64_t after, uint64_t seed) {
    set_plan(vfs, (plan){.operations = operations, .files = files, .after = after, .code = SQLITE_OK, .seed = seed, .armed = 1});
}

void fault_vfs_fail(fault_vfs *vfs, int operations, int files, int64_t after, int64_t times, int code) {
    set_plan(vfs, (plan){.operations = operations, .files = files, .after = after, .times = times, .code = code, .armed = 1});
}

void fault_vfs_clear(fault_vfs *vfs) { set_plan(vfs, (plan){.armed = 0}); }

void fault_vfs_before_sync(fault_vfs *vfs, int files, void (*call)(void *context), void *context) {
    enter(vfs);
    vfs->watched = files;
    vfs->before_sync = call;
    vfs->before_sync_context = context;
    leave(vfs, 0);
}

int fault_vfs_is_off(fault_vfs *vfs) {
    enter(vfs);
    return leave(vfs, vfs->off);
}

// The file of shared memory is of no worth after a power cut, and SQLite makes it anew.
static void drop_shared_memory(const disk_model *disk) {
    for (disk_entry *entry = disk->entries; entry != NULL; entry = entry->next) {
        char *path = sqlite3_mprintf("%s-shm", entry->path);
        if (path != NULL) unlink(path);
        sqlite3_free(path);
    }
}

int fault_vfs_power_on(fault_vfs *vfs) {
    enter(vfs);
    if (vfs->open_files > 0) return leave(vfs, vfs->open_files);
    drop_shared_memory(&vfs->disk);
    int status = disk_restore(&vfs->disk, vfs->seed);
    disk_clear(&vfs->disk);
    vfs->plan.armed = 0;
    vfs->off = 0;
    return leave(vfs, status);
}

int64_t fault_vfs_count(fault_vfs *vfs, int operations, int files) {
    int64_t sum = 0;
    enter(vfs);
    for (int operation = 0; operation < KINDS_OF_OPERATION; operation++)
        for (int file = 0; file < KINDS_OF_FILE; file++)
            if ((operations >> operation & 1) && (files >> file & 1)) sum += vfs->counts[operation][file];
    leave(vfs, 0);
    return sum;
}
