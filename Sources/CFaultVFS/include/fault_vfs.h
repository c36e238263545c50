// A SQLite VFS over the system's own that models a machine whose power fails and whose disk runs full.
//
// What is written counts as lost until its file is synced, and a file made or deleted counts as such only when its
// folder is synced. `fault_vfs_power_cut` stops the machine: from then on every read, write and sync fails. When all
// connections are closed, `fault_vfs_power_on` puts on the real disk what such a disk may hold: all that was synced,
// and of the rest whatever the seed picks, whole writes or single sectors of them, in any order.
//
// Syncs are counted but not passed on to the real disk: thousands of power cuts a minute, and nothing here depends
// on the real disk's own promise. Shared memory and locks are the real VFS's. Public API of SQLite only.
#ifndef FAULT_VFS_H
#define FAULT_VFS_H

#include <stdint.h>

typedef struct fault_vfs fault_vfs;

// Operations that can be counted and made to fail; a set of them is a sum.
enum { FAULT_VFS_WRITE = 1, FAULT_VFS_TRUNCATE = 2, FAULT_VFS_SYNC = 4, FAULT_VFS_OPEN = 8, FAULT_VFS_DELETE = 16 };

// Files whose operations are meant; a set of them is a sum.
enum { FAULT_VFS_DATABASE = 1, FAULT_VFS_JOURNAL = 2, FAULT_VFS_WAL = 4 };

// Registers a VFS under `name`, which no other may bear, and never as the default; NULL where that fails.
fault_vfs *fault_vfs_register(const char *name);

// Takes the VFS away. All its files must be closed; otherwise says how many are not, and does nothing.
int fault_vfs_unregister(fault_vfs *vfs);

// Stops the machine now. What survives is decided by `seed` when the power is on again; 0 keeps only what was synced.
void fault_vfs_power_cut(fault_vfs *vfs, uint64_t seed);

// Stops the machine at the operation after the next `after` ones of `operations` on `files`; that one is not done
// either, though a write may survive in part.
void fault_vfs_power_cut_after(fault_vfs *vfs, int operations, int files, int64_t after, uint64_t seed);

// Lets the `times` operations after the next `after` ones of `operations` on `files` fail with a SQLite result code;
// 0 times: until `fault_vfs_clear`. A write that fails so is half done, as a full disk leaves it.
void fault_vfs_fail(fault_vfs *vfs, int operations, int files, int64_t after, int64_t times, int code);

// Takes back a planned failure or power cut.
void fault_vfs_clear(fault_vfs *vfs);

// Calls `call` before every sync of `files`, on the thread that syncs: what happens while a commit is under way.
// NULL takes it back.
void fault_vfs_before_sync(fault_vfs *vfs, int files, void (*call)(void *context), void *context);

// Whether the machine is stopped.
int fault_vfs_is_off(fault_vfs *vfs);

// Starts the machine again, with its disk as the power cut left it. All files must be closed: otherwise says how many
// are not, and does nothing. -1 where the real files could not be written.
int fault_vfs_power_on(fault_vfs *vfs);

// How many operations of these kinds were asked for on files of these kinds since registration, failed ones too.
int64_t fault_vfs_count(fault_vfs *vfs, int operations, int files);

#endif
