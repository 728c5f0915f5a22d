// Who still stands behind a notification: told from the rows of today, whenever it is shown.
//
// What:      an unlike, an unfollow, a block or a suspension takes people out of what others are
//            told at once, without a write: the row of notification_actors stays and says nothing.
// Use:       SQL fragments, literals, over `n` (account_id, kind, photo_id: a notification), `a`
//            (actor_id, comment_id: one of its people) and `w` (that person's accounts row).
// Photos:    are shown through the one visibility predicate, as any other.
#pragma once

#include "features/photos/photo_visibility.h"

// Somebody whom the account muted is not heard of.
#define PICSHARZ_MUTED \
  "EXISTS (SELECT 1 FROM mutes m WHERE m.muter_id = n.account_id AND m.muted_id = w.id)"

// Whether the comment is still there for all to read.
#define PICSHARZ_COMMENT_STANDS                                                       \
  "EXISTS (SELECT 1 FROM comments c WHERE c.id = a.comment_id AND c.author_id = w.id" \
  " AND c.state = 0)"
#define PICSHARZ_COMMENT_TEXT \
  "(SELECT c.text FROM comments c WHERE c.id = a.comment_id AND c.state = 0)"

// What was done was not taken back.
#define PICSHARZ_STANDS                                                                    \
  "((n.kind = 4 AND EXISTS (SELECT 1 FROM likes l WHERE l.photo_id = n.photo_id"           \
  "  AND l.account_id = w.id))"                                                            \
  " OR (n.kind = 1 AND EXISTS (SELECT 1 FROM follows f WHERE f.follower_id = w.id"         \
  "  AND f.followee_id = n.account_id AND f.state = 1))"                                   \
  " OR (n.kind = 2 AND EXISTS (SELECT 1 FROM follows f WHERE f.follower_id = w.id"         \
  "  AND f.followee_id = n.account_id AND f.state = 0))"                                   \
  " OR (n.kind = 3 AND EXISTS (SELECT 1 FROM follows f WHERE f.follower_id = n.account_id" \
  "  AND f.followee_id = w.id AND f.state = 1))"                                           \
  " OR (n.kind IN (5, 6, 7) AND " PICSHARZ_COMMENT_STANDS "))"

// ... and by somebody who is to be heard of.
#define PICSHARZ_HEARD                                                        \
  "(w.state = 0"                                                              \
  " AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.blocker_id = n.account_id" \
  "  AND b.blocked_id = w.id)"                                                \
  " AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.blocker_id = w.id"         \
  "  AND b.blocked_id = n.account_id)"                                        \
  " AND NOT " PICSHARZ_MUTED " AND " PICSHARZ_STANDS ")"

// Of no photo, or of one that the account may see. $1: the account, $2: the role of a member, so
// that no notification shows by somebody's office what was not shared with him.
#define PICSHARZ_ABOUT_VISIBLE                                                                 \
  "(n.photo_id IS NULL OR EXISTS (SELECT 1 FROM photos p JOIN accounts o ON o.id = p.owner_id" \
  "  WHERE p.id = n.photo_id AND " PICSHARZ_PHOTO_VISIBLE "))"

// A decision (kind 8) stands by itself, and one about a comment also where its photo is not to be
// seen any more: it is told without the photo.
#define PICSHARZ_SHOWN                                                          \
  "((n.kind = 8 OR EXISTS (SELECT 1 FROM notification_actors a JOIN accounts w" \
  "   ON w.id = a.actor_id WHERE a.notification_id = n.id AND " PICSHARZ_HEARD  \
  "))"                                                                          \
  " AND (n.comment_id <> 0 OR " PICSHARZ_ABOUT_VISIBLE "))"
