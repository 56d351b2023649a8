/* cede.h - the whole of libcede in one include */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_H
#define CEDE_H

#include <cede/allocator.h>
#include <cede/barrier.h>
#include <cede/chdir.h>
#include <cede/condition.h>
#include <cede/context.h>
#include <cede/def.h>
#include <cede/dump.h>
#include <cede/error.h>
#include <cede/event.h>
#include <cede/executor.h>
#include <cede/exit_stack.h>
#include <cede/future.h>
#include <cede/gather.h>
#include <cede/gen.h>
#include <cede/gen_context.h>
#include <cede/group.h>
#include <cede/inplace.h>
#include <cede/iter.h>
#include <cede/iter_fold.h>
#include <cede/iter_gen.h>
#include <cede/iter_join.h>
#include <cede/iter_keep.h>
#include <cede/iter_source.h>
#include <cede/itertools.h>
#include <cede/level.h>
#include <cede/local.h>
#include <cede/lock.h>
#include <cede/loop.h>
#include <cede/map.h>
#include <cede/once.h>
#include <cede/parallel.h>
#include <cede/process_pool.h>
#include <cede/progress.h>
#include <cede/progress_iter.h>
#include <cede/queue.h>
#include <cede/queue_iter.h>
#include <cede/redirect.h>
#include <cede/report.h>
#include <cede/retry.h>
#include <cede/rwlock.h>
#include <cede/scope.h>
#include <cede/semaphore.h>
#include <cede/stream.h>
#include <cede/sync.h>
#include <cede/task.h>
#include <cede/tally.h>
#include <cede/tcp.h>
#include <cede/time.h>

#endif
