/*
 * dropcache: an LD_PRELOAD library that remembers how to lose unflushed writes.
 *
 * A killed process leaves its writes in the kernel's cache; a machine that loses power does not.
 * Under this library every write goes to the real file, but before it does, what it overwrites is
 * appended to `<file>.undo`. A flush that has succeeded drops the records from before it began. So
 * at any instant `<file>.undo`, played backwards, takes the file back to what had been flushed; a
 * test kills the process and does that.
 *
 * Watched are files whose name ends in `.db`, `.db-wal` or `.db-journal`. Not covered: mappings
 * (SQLite does not write through them, and its -shm may be lost at any time) and names: creating
 * and deleting a file counts as flushed at once.
 *
 * Record: six little-endian words (magic, kind 0 write / 1 truncation, offset, length, the file's
 * length before, count of old bytes), then the old bytes. One mutex is held from the record to the
 * end of its write, so no flush can come between. Everything here calls the kernel directly, so
 * that the library never meets itself, and anything unexpected ends the process loudly.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define MAGIC 0x444e555f48435352ULL
#define MOST 64

enum kind { WRITE = 0, TRUNCATE = 1 };

struct watched {
  dev_t device;
  ino_t inode;
  int undo;       /* the undo file */
  uint64_t start; /* bytes of records dropped so far */
  uint64_t end;   /* bytes of records appended so far */
  char path[PATH_MAX];
};

static struct watched files[MOST];
static int count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void give_up(const char *what) {
  dprintf(2, "dropcache: %s: %s\n", what, strerror(errno));
  abort();
}

static int ends_with(const char *path, const char *end) {
  size_t a = strlen(path), b = strlen(end);
  return a >= b && strcmp(path + a - b, end) == 0;
}

static int interesting(const char *path) {
  return ends_with(path, ".db") || ends_with(path, ".db-wal") || ends_with(path, ".db-journal");
}

static int open_undo(const char *path, const char *suffix, int flags) {
  char name[PATH_MAX + 16];
  snprintf(name, sizeof name, "%s.undo%s", path, suffix);
  int fd = syscall(SYS_openat, AT_FDCWD, name, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | flags, 0600);
  if (fd < 0) give_up("cannot open the undo file");
  return fd;
}

/* The entry of a descriptor, or null when it is not watched. Called with the lock held. */
static struct watched *find(int fd, const struct stat *st) {
  for (int i = 0; i < count; i++)
    if (files[i].device == st->st_dev && files[i].inode == st->st_ino) return &files[i];
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return NULL;
  path[length] = 0;
  if (!interesting(path)) return NULL;
  if (count == MOST) give_up("too many files");
  struct watched *file = &files[count++];
  struct stat undo;
  file->device = st->st_dev;
  file->inode = st->st_ino;
  memcpy(file->path, path, length + 1);
  file->undo = open_undo(path, "", 0);
  if (fstat(file->undo, &undo) != 0) give_up("fstat of the undo file");
  file->start = 0;
  file->end = undo.st_size;
  return file;
}

/* Takes the lock and answers the entry; without an entry the lock is not held. */
static struct watched *enter(int fd, struct stat *st) {
  int before = errno;
  if (fstat(fd, st) != 0 || !S_ISREG(st->st_mode)) {
    errno = before;
    return NULL;
  }
  pthread_mutex_lock(&lock);
  struct watched *file = find(fd, st);
  if (!file) pthread_mutex_unlock(&lock);
  errno = before;
  return file;
}

static void leave(void) { pthread_mutex_unlock(&lock); }

static void append(int fd, const void *bytes, size_t size) {
  while (size > 0) {
    ssize_t done = syscall(SYS_write, fd, bytes, size);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) give_up("cannot append to the undo file");
    bytes = (const char *)bytes + done;
    size -= done;
  }
}

static void copy_old(int fd, char *to, size_t size, uint64_t offset) {
  while (size > 0) {
    ssize_t done = syscall(SYS_pread64, fd, to, size, offset);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) give_up("cannot read what is being overwritten");
    to += done;
    offset += done;
    size -= done;
  }
}

/* Appends the record of a change of [offset, offset + length). */
static void remember(struct watched *file, int fd, enum kind kind, uint64_t offset, uint64_t length,
                     uint64_t size) {
  int before = errno;
  uint64_t end = offset + length < size ? offset + length : size;
  uint64_t kept = end > offset ? end - offset : 0;
  char *record = malloc(48 + kept);
  if (!record) give_up("no memory");
  uint64_t header[6] = {MAGIC, kind, offset, length, size, kept};
  memcpy(record, header, 48);
  copy_old(fd, record + 48, kept, offset);
  append(file->undo, record, 48 + kept);
  free(record);
  file->end += 48 + kept;
  errno = before;
}

/* Drops the records that were there when a flush began; `upto` counts from the first ever. */
static void forget(struct watched *file, uint64_t upto) {
  if (upto <= file->start) return; /* another flush was faster */
  uint64_t rest = file->end - upto;
  if (rest == 0) {
    if (syscall(SYS_ftruncate, file->undo, 0) != 0) give_up("cannot empty the undo file");
  } else {
    char *tail = malloc(rest), from[PATH_MAX + 16], to[PATH_MAX + 16];
    if (!tail) give_up("no memory");
    copy_old(file->undo, tail, rest, upto - file->start);
    int fresh = open_undo(file->path, ".new", O_TRUNC);
    append(fresh, tail, rest);
    free(tail);
    snprintf(from, sizeof from, "%s.undo.new", file->path);
    snprintf(to, sizeof to, "%s.undo", file->path);
    if (rename(from, to) != 0) give_up("cannot replace the undo file");
    close(file->undo);
    file->undo = fresh;
  }
  file->start = upto;
}

static ssize_t write_at(int fd, const void *bytes, size_t size, off_t offset) {
  struct stat st;
  struct watched *file = enter(fd, &st);
  if (!file) return syscall(SYS_pwrite64, fd, bytes, size, offset);
  if (fcntl(fd, F_GETFL) & O_APPEND) give_up("a watched file is opened for appending");
  remember(file, fd, WRITE, offset, size, st.st_size);
  ssize_t done = syscall(SYS_pwrite64, fd, bytes, size, offset);
  leave();
  return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset) {
  return write_at(fd, bytes, size, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset) {
  return write_at(fd, bytes, size, offset);
}

ssize_t write(int fd, const void *bytes, size_t size) {
  struct stat st;
  struct watched *file = enter(fd, &st);
  if (!file) return syscall(SYS_write, fd, bytes, size);
  off_t offset = lseek(fd, 0, SEEK_CUR);
  if (offset < 0) give_up("lseek");
  if (fcntl(fd, F_GETFL) & O_APPEND) give_up("a watched file is opened for appending");
  remember(file, fd, WRITE, offset, size, st.st_size);
  ssize_t done = syscall(SYS_write, fd, bytes, size);
  leave();
  return done;
}

static int cut(int fd, off_t size) {
  struct stat st;
  struct watched *file = enter(fd, &st);
  if (!file) return syscall(SYS_ftruncate, fd, size);
  uint64_t length = st.st_size > size ? st.st_size - size : 0;
  remember(file, fd, TRUNCATE, size, length, st.st_size);
  int done = syscall(SYS_ftruncate, fd, size);
  leave();
  return done;
}

int ftruncate(int fd, off_t size) { return cut(fd, size); }
int ftruncate64(int fd, off64_t size) { return cut(fd, size); }

static int flush(int fd, long call) {
  struct stat st;
  struct watched *file = enter(fd, &st);
  if (!file) return syscall(call, fd);
  uint64_t upto = file->end;
  leave();
  int done = syscall(call, fd);
  if (done != 0) return done;
  file = enter(fd, &st);
  if (file) {
    forget(file, upto);
    leave();
  }
  return done;
}

int fsync(int fd) { return flush(fd, SYS_fsync); }
int fdatasync(int fd) { return flush(fd, SYS_fdatasync); }

/* Ways to write that SQLite does not use today. Should it begin to, this must be told. */
static void refuse(int fd, const char *what) {
  struct stat st;
  if (enter(fd, &st)) {
    errno = ENOTSUP;
    give_up(what);
  }
}

ssize_t writev(int fd, const struct iovec *parts, int number) {
  refuse(fd, "writev to a watched file");
  return syscall(SYS_writev, fd, parts, number);
}

int fallocate(int fd, int mode, off_t offset, off_t size) {
  refuse(fd, "fallocate of a watched file");
  return syscall(SYS_fallocate, fd, mode, offset, size);
}

int posix_fallocate(int fd, off_t offset, off_t size) {
  refuse(fd, "posix_fallocate of a watched file");
  return syscall(SYS_fallocate, fd, 0, offset, size) == 0 ? 0 : errno;
}

/* A deleted file has nothing to undo, and its inode may come back as another file. */
int unlink(const char *path) {
  struct stat st;
  if (interesting(path) && lstat(path, &st) == 0) {
    pthread_mutex_lock(&lock);
    for (int i = 0; i < count; i++) {
      if (files[i].device != st.st_dev || files[i].inode != st.st_ino) continue;
      if (syscall(SYS_ftruncate, files[i].undo, 0) != 0) give_up("cannot empty the undo file");
      close(files[i].undo);
      files[i] = files[--count];
      break;
    }
    pthread_mutex_unlock(&lock);
  }
  return syscall(SYS_unlink, path);
}
