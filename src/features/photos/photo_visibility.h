// The one visibility predicate: which photo may which viewer see.
//
// What:      an SQL fragment, a literal. Every query that returns a photo, or anything derived from
//            one (a count, a like, a search hit, a URL), goes through it.
// Use:       `photos p JOIN accounts o ON o.id = p.owner_id`, the viewer's account id (0: a
// visitor)
//            as $1 and the role as $2.
// Rules:     published, by an active account, nobody of the two blocked the other, and: public (in
// a
//            private account public counts as followers); or followers and an approved follow.
//            One's own photo in every state. A held photo also for moderators.
#pragma once

// The part about the two people and the visibility, for a photo whose state is right.
#define PICSHARZ_SHARED_WITH_VIEWER                                                                \
  "(o.state = 0"                                                                                   \
  " AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.blocker_id = p.owner_id AND b.blocked_id = $1)" \
  " AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.blocker_id = $1 AND b.blocked_id = p.owner_id)" \
  " AND ((p.visibility = 0 AND o.private = 0)"                                                     \
  "  OR (p.visibility <= 1 AND EXISTS (SELECT 1 FROM follows f WHERE f.follower_id = $1"           \
  "   AND f.followee_id = p.owner_id AND f.state = 1))))"

// For one photo by id: its page, its likes, its media.
#define PICSHARZ_PHOTO_VISIBLE                    \
  "(p.owner_id = $1 OR (p.state = 4 AND $2 >= 1)" \
  " OR (p.state = 3 AND " PICSHARZ_SHARED_WITH_VIEWER "))"

// For lists (feeds, profiles, search): published ones only, one's own included.
#define PICSHARZ_PHOTO_LISTED \
  "(p.state = 3 AND $2 >= 0 AND (p.owner_id = $1 OR " PICSHARZ_SHARED_WITH_VIEWER "))"
