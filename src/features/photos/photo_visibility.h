// The one visibility predicate: which photo may which viewer see.
//
// What:      an SQL fragment, a literal. Every query that returns a photo, or anything derived from
//            one (a count, a like, a search hit, a URL), goes through it.
// Use:       `photos p JOIN accounts o ON o.id = p.owner_id`, the viewer's account id (0: a
//            visitor) as $1 and the role as $2.
// Rules:     published, by an active account, nobody of the two blocked the other, and: public (in
// a
//            private account public counts as followers); or followers and an approved follow.
//            One's own photo in every state. Moderators also see, one by one, what is held or
//            removed (of that, no bytes), what is reported, and what a suspended account had shown
//            to everybody; each such look is recorded (StaffViewStore).
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
#define PICSHARZ_PHOTO_VISIBLE                                              \
  "(p.owner_id = $1 OR (p.state = 3 AND " PICSHARZ_SHARED_WITH_VIEWER       \
  ")"                                                                       \
  " OR ($2 >= 1 AND (p.state IN (4, 5) OR (p.state = 3 AND (p.reported = 1" \
  "  OR (o.state = 1 AND p.visibility = 0 AND o.private = 0))))))"

// For lists (feeds, profiles): published ones only, one's own included.
#define PICSHARZ_PHOTO_LISTED \
  "(p.state = 3 AND $2 >= 0 AND (p.owner_id = $1 OR " PICSHARZ_SHARED_WITH_VIEWER "))"

// For search: as in lists, and one's own that are developed and wait to be published.
#define PICSHARZ_PHOTO_FOUND                                                  \
  "($2 >= 0 AND ((p.owner_id = $1 AND p.state IN (2, 3, 4)) OR (p.state = 3 " \
  "AND " PICSHARZ_SHARED_WITH_VIEWER ")))"
