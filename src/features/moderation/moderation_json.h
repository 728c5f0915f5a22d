// Moderation as JSON, as the contract has it.
//
// Private:   of a report its reason, note and time are written, never whose it is.
// Threads:   pure functions over a thread-safe MediaSigner.
#pragma once

#include <string>

#include "base/json.h"
#include "base/viewer.h"
#include "features/moderation/moderation.h"
#include "features/photos/media_urls.h"

namespace picsharz::moderation {

std::string waiting_json(std::int64_t cases);  // {"waiting"}

// {"models", "verdict", "scores", "thresholds"}, for a case and the audit log.
std::string facts_json(const Facts& facts, const Thresholds& thresholds);

// The photo without any address of its pictures: the queue is blurred.
void write_case_card(JsonWriter& out, const CaseCard& card);
// With the photo as this moderator sees it.
void write_case_page(JsonWriter& out, const CasePage& page, const Viewer& viewer,
                     const photos::MediaSigner& signer);
void write_decision(JsonWriter& out, const Decision& decision);
void write_look(JsonWriter& out, const StaffView& look);
void write_report(JsonWriter& out, const Report& report);
void write_appeal(JsonWriter& out, const Appeal& appeal);
void write_notice(JsonWriter& out, const Notice& notice);

}  // namespace picsharz::moderation
