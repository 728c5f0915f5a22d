// What moderation writes to people. Text and HTML of one mail say the same. A mail shows the photo
// where it was found to be all right, and in no other case: moderators open the page.
//
// Threads:   pure functions.
#pragma once

#include <string>
#include <string_view>

#include "features/moderation/moderation.h"
#include "mail/letter.h"

namespace picsharz::moderation {

struct Recipient {
  AccountId account{};
  std::string email{};
  std::string name{};
  std::string language{"en"};
};

// To each moderator: an explicit photo was removed and waits in the queue.
mail::Mail alert_mail(const mail::Context& context, const Recipient& to, const Decision& decision,
                      std::string_view owner_handle);

struct Told {
  std::string title{};    // of the photo, may be ""; or the comment
  bool appealed = false;  // the decision answers an appeal
  bool may_appeal = false;
  Micros kept_for = 0;         // how long the file of a removed photo is kept; 0: it is gone
  std::string appeal_token{};  // with a suspension: of the link to appeal by
  bool reinstated = false;     // the decision lifted a suspension
};
// To the owner: what, why, and how to appeal.
mail::Mail decision_mail(const mail::Context& context, const Recipient& to,
                         const Decision& decision, const Told& told);

}  // namespace picsharz::moderation
