// How a thread or a process that nobody waits for gives way to those that somebody waits for, and
// how these come to their turn at once.
//
// What:      a niceness; no preempting of others when it wakes; and long slices of time, for
//            whoever has shorter ones, as everybody has, preempts it at once on waking. It keeps a
//            share, though a small one: a lock that it holds is not held for ever. (SCHED_IDLE
//            would promise none.) Who is waited for asks for short slices: on waking the shorter
//            one goes first, and what it has not used up goes on after it.
// Needs:     Linux 6.12 for the slices (sched_attr::sched_runtime of ordinary policies). Older ones
//            ignore them.
// Threads:   any.
// Failures:  where the system refuses, the niceness is asked for alone; where that is refused, too,
//            nothing changes.
#pragma once

#include <sys/types.h>

namespace picsharz {

// `task`: a thread's or a process' id; 0: the calling thread. What it starts later inherits it. The
// caller's own niceness where that is higher.
void give_way(pid_t task, int niceness);

// The same for a process that leads a session of its own, and its session: where the kernel shares
// the machine between sessions first (sched(7), "The autogroup feature"), a niceness counts only
// among the tasks of one.
void give_way_as_session(pid_t leader, int niceness);

// The calling thread is waited for: short slices. What it starts later inherits them; neither its
// niceness nor its share of the machine changes, and nobody's permission is needed.
void take_short_turns();

}  // namespace picsharz
