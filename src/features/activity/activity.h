// What one person did that another may want to hear of. Plain structs.
#pragma once

#include "base/clock.h"
#include "base/ids.h"

namespace picsharz::activity {

// Numbers are in the database: never renumber.
enum class ActivityKind {
  follow = 1,           // now follows you
  follow_request = 2,   // asks to follow you
  follow_approved = 3,  // let you follow
  like = 4,
  comment = 5,  // on your photo
  reply = 6,    // to your comment
  mention = 7,  // of you, in a comment
};

struct Activity {
  ActivityKind kind = ActivityKind::follow;
  AccountId actor;
  AccountId account;    // who is to hear of it
  PhotoId photo{};      // 0: of no photo
  CommentId comment{};  // 0: no comment
  Micros created_at = 0;
};

}  // namespace picsharz::activity
