// What may be said and decided in moderation.
//
// Threads:   pure functions.
// Failures:  invalid_request that names every field which is not right.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/json.h"
#include "features/moderation/moderation.h"

namespace picsharz::moderation {

// {"action", "reason"?, "note"?}: a reason of the list or own words, or both; the reason is "other"
// where there are only words.
Result<Judgement> read_judgement(JsonObject& body);

struct Complaint {
  std::string reason;
  std::string note;
};
Result<Complaint> read_complaint(JsonObject& body);  // {"reason", "note"?}
Result<std::string> read_appeal(JsonObject& body);   // {"text"}

// The state that a decision brings a photo to.
photos::PhotoState state_after(Action action);

// What is removed for one of these must not come back: the blocklist keeps its hash.
inline constexpr std::array<std::string_view, 4> explicit_reasons = {"explicit", "nudity", "sexual",
                                                                     "illegal"};
bool is_explicit(std::string_view reason);

// Why, as a sentence for the owner; "" for a code that needs no words.
std::string_view reason_sentence(std::string_view reason);

// What a decision means for the owner: shown, hidden, removed or suspended.
std::string_view outcome_name(Action action);

}  // namespace picsharz::moderation
