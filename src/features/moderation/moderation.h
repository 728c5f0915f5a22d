// Moderation: what waits for a person's eyes, what was decided, reports and appeals. Plain structs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "features/accounts/account.h"
#include "features/photos/photo.h"

namespace picsharz::moderation {

// What is judged: a photo, or a comment on it.
struct Subject {
  Subject() = default;
  Subject(PhotoId the_photo) : photo(the_photo) {}  // NOLINT(google-explicit-constructor)
  Subject(PhotoId the_photo, CommentId the_comment) : photo(the_photo), comment(the_comment) {}
  bool is_comment() const { return comment.value != 0; }

  PhotoId photo{};
  CommentId comment{};  // 0: the photo itself
};

// The subject as it stands now. A comment is published or removed.
struct Matter {
  Subject subject{};
  AccountId owner{};  // of the photo, or the comment's author
  photos::PhotoState state = photos::PhotoState::published;
  std::optional<std::string> reason{};  // why the photo is held or removed
  std::string words{};                  // the photo's title, or the comment
};

// What opened a case.
enum class Origin { classifier = 0, reports = 1, appeal = 2 };
enum class Action {
  hold = 0,  // the classifier's alone
  approve = 1,
  keep_hidden = 2,
  remove = 3,
  suspend = 4,
  undo = 5,
  erase = 6,  // the time for an appeal is over: the bytes are gone
};

std::string_view origin_name(Origin origin);
std::string_view action_name(Action action);
// One that a person may choose.
std::optional<Action> decision_of(std::string_view name);

// What a person says with a decision: a reason from the list, own words, or both.
struct Judgement {
  Action action = Action::approve;
  std::string reason{};
  std::string note{};
};

// A line of the audit log.
struct Decision {
  DecisionId id{};
  CaseId on{};
  Subject subject{};
  AccountId owner{};
  std::optional<AccountId> actor{};  // nullopt: the classifier, or time
  Action action = Action::hold;
  std::string reason{};
  std::string note{};
  photos::PhotoState before = photos::PhotoState::classifying;
  photos::PhotoState after = photos::PhotoState::classifying;
  std::optional<std::string> reason_before{};
  accounts::AccountState owner_before = accounts::AccountState::active;
  std::string facts{};  // JSON: models, verdict, scores, thresholds
  std::optional<DecisionId> undoes{};
  Micros created_at = 0;
  std::optional<std::string> owner_handle{};  // as far as there still is one
  std::optional<std::string> actor_handle{};
};

struct Case {
  CaseId id{};
  Subject subject{};
  Origin origin = Origin::classifier;
  std::string reason{};  // why it waits: a code
  std::string facts{};
  std::optional<AccountId> barred{};  // whose decision is appealed
  Micros opened_at = 0;
  std::optional<Micros> closed_at{};
  std::optional<DecisionId> decision{};
  std::optional<DecisionId> before_decision{};  // the photo's standing until then
  std::optional<Micros> before_erase_at{};
  std::string words{};  // of a comment, when the case was opened
};

// A comment, in the case about it.
struct CaseComment {
  CommentId id{};
  AccountId author{};
  std::string author_handle{};
  std::string author_name{};
  std::string author_avatar{};
  std::string text{};
  std::optional<Micros> edited_at{};
  Micros created_at = 0;
  bool removed = false;
};

// A case in the queue.
struct CaseCard {
  Case on{};
  // Where the case is about a comment on a photo that the moderator does not see, only whose it is.
  photos::PhotoView photo{};
  std::optional<CaseComment> comment{};
  std::int64_t reports = 0;
  bool appealed = false;
  bool barred = false;  // the viewer decided what is appealed: another moderator decides

  AccountId owner() const { return comment ? comment->author : photo.photo.owner; }
};

// Whose report it is, nobody is told.
struct Report {
  Subject subject{};
  CaseId on{};
  std::string reason{};
  std::string note{};
  Micros created_at = 0;
};

struct Appeal {
  DecisionId decision{};  // what is appealed
  Subject subject{};
  CaseId on{};
  std::string text{};
  std::optional<DecisionId> outcome{};
  Micros created_at = 0;
};

// What is known of a photo's owner.
struct History {
  std::int64_t published = 0;
  std::int64_t held = 0;
  std::int64_t removed = 0;
  std::int64_t refusals = 0;          // hidden or removed by the decision of a person, not undone
  std::vector<Decision> decisions{};  // the newest
};

struct CasePage {
  CaseCard card{};
  std::vector<Report> reports{};
  std::optional<Appeal> appeal{};
  std::optional<Decision> decision{};  // that closed it
  bool lifts_suspension = false;       // every decision but to suspend again does
  std::optional<Micros> erase_at{};
  std::optional<Micros> erased_at{};
  History history{};
};

// What a photo stands under.
struct Standing {
  DecisionId decision{};
  std::optional<Micros> erase_at{};
  std::optional<Micros> erased_at{};
};

// What the owner of a photo is told of the decision that it stands under.
struct Notice {
  Decision decision{};
  Standing standing{};
  std::string explanation{};  // of the reason, a sentence
  std::optional<Appeal> appeal{};
  bool open = false;  // a moderator will look, or look again
  bool may_appeal = false;
};

// A look of a moderator at what was not shared with them.
struct StaffView {
  std::int64_t id = 0;
  PhotoId photo{};
  std::optional<std::string> viewer_handle{};
  photos::PhotoState state = photos::PhotoState::held;
  Micros created_at = 0;
};

// One answer of a moderation model.
struct StageScores {
  double drawing = 0;
  double hentai = 0;
  double neutral = 0;
  double porn = 0;
  double sexy = 0;
};

// By which the classifier's scores become a verdict.
struct Thresholds {
  double gate = 0;
  double explicit_ = 0;
  double suggestive = 0;
};

// What the classifier said of a photo, for the record.
struct Facts {
  std::string models{};  // "": it said nothing
  int verdict = 0;
  std::vector<StageScores> stages{};
};

}  // namespace picsharz::moderation
