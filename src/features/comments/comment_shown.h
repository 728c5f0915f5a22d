// Which comment is shown to whom, on top of the photo's predicate.
//
// What:      an SQL fragment, a literal: of comment `c` by account `a` on photo `p`, to the viewer
//            $1.
// Rules:     published, by an active account, and nobody of author and viewer blocked the other,
//            nor the owner of the photo the author; and one's own that a moderator removed.
#pragma once

#define PICSHARZ_COMMENT_SHOWN(c, a)                                                         \
  "((" c ".state = 0 AND " a                                                                 \
  ".state = 0"                                                                               \
  " AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.blocker_id = p.owner_id AND b.blocked_id" \
  "  = " a                                                                                   \
  ".id)"                                                                                     \
  " AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.blocker_id = $1 AND b.blocked_id = " a    \
  ".id)"                                                                                     \
  " AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.blocker_id = " a                          \
  ".id AND b.blocked_id"                                                                     \
  "  = $1))"                                                                                 \
  " OR (" c ".state = 2 AND " c ".author_id = $1))"
