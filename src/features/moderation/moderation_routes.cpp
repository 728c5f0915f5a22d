#include "features/moderation/moderation_routes.h"

#include <string>
#include <utility>

#include "features/moderation/moderation_json.h"
#include "features/moderation/moderation_rules.h"
#include "http/answer.h"
#include "http/paging.h"

namespace picsharz::moderation {

using http::Access;
using http::Method;
using http::Request;
using http::Response;

namespace {

constexpr std::string_view queue_list = "moderation.queue";
constexpr std::string_view audit_list = "moderation.audit";
constexpr std::string_view looks_list = "moderation.looks";

template <class Tag>
Result<Id<Tag>> id_of(const Request& request) {
  const auto id = Id<Tag>::parse(request.path_values.at(0));
  if (!id) return not_found();
  return *id;
}
Result<CaseId> case_of(const Request& request) { return id_of<struct picsharz::CaseTag>(request); }
Result<PhotoId> photo_of(const Request& request) {
  return id_of<struct picsharz::PhotoTag>(request);
}

Result<Subject> subject_of_photo(const Request& request, ComplaintService&) {
  TRY_ASSIGN(const PhotoId id, photo_of(request));
  return Subject(id);
}
Result<Subject> subject_of_comment(const Request& request, ComplaintService& complaints) {
  TRY_ASSIGN(const CommentId id, id_of<struct picsharz::CommentTag>(request));
  return complaints.find_comment(id);
}
std::string address(const Subject& subject) {
  return subject.is_comment() ? "/v1/comments/" + subject.comment.str()
                              : "/v1/photos/" + subject.photo.str();
}

template <class Write, class Thing>
Response as_json(int status, Write write, const Thing& thing) {
  std::string body;
  JsonWriter out(body);
  write(out, thing);
  return http::json(status, std::move(body));
}

// What moderators read is for no cache.
Response unkept(Response response) {
  return std::move(response).header("Cache-Control", "no-store");
}

Result<Response> show_case(Request& request, ModerationService& moderation,
                           const photos::MediaSigner& signer) {
  TRY_ASSIGN(const CaseId id, case_of(request));
  TRY_ASSIGN(const CasePage page, moderation.page(request.viewer, id));
  return unkept(as_json(
      200,
      [&](JsonWriter& out, const CasePage& shown) {
        write_case_page(out, shown, request.viewer, signer);
      },
      page));
}

Result<Response> decide(Request& request, ModerationService& moderation) {
  TRY_ASSIGN(const CaseId id, case_of(request));
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  TRY_ASSIGN(const Judgement judgement, read_judgement(body));
  TRY_ASSIGN(const Decision decision, moderation.decide(request.viewer, id, judgement));
  return as_json(201, write_decision, decision)
      .header("Location", "/v1/moderation/cases/" + id.str());
}

Result<Response> undo(Request& request, ModerationService& moderation) {
  TRY_ASSIGN(const CaseId id, case_of(request));
  TRY_ASSIGN(const Decision decision, moderation.undo(request.viewer, id));
  return as_json(201, write_decision, decision)
      .header("Location", "/v1/moderation/cases/" + id.str());
}

Result<Response> report(Request& request, ComplaintService& complaints, const Subject& subject) {
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  TRY_ASSIGN(const Complaint complaint, read_complaint(body));
  TRY_ASSIGN(const Report made, complaints.report(request.viewer, subject, complaint));
  return as_json(201, write_report, made).header("Location", address(subject));
}

Result<Response> appeal(Request& request, ComplaintService& complaints, const Subject& subject) {
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  TRY_ASSIGN(const std::string text, read_appeal(body));
  TRY_ASSIGN(const Appeal made, complaints.appeal(request.viewer, subject, text));
  return as_json(201, write_appeal, made).header("Location", address(subject) + "/decision");
}

Result<Response> show_notice(Request& request, ComplaintService& complaints,
                             const Subject& subject) {
  TRY_ASSIGN(const Notice notice, complaints.notice(request.viewer, subject));
  return unkept(as_json(200, write_notice, notice));
}

// What is said about a photo, and in the same way about a comment, which `of` finds.
void add_complaints(http::Router& router, ComplaintService& complaints, const std::string& thing,
                    Result<Subject> (*of)(const Request&, ComplaintService&)) {
  using Say = Result<Response> (*)(Request&, ComplaintService&, const Subject&);
  const auto add = [&](Method method, std::string_view what, Say say) {
    router.add(
        {.method = method,
         .pattern = thing + "/" + std::string(what),
         .access = Access::member,
         .scope = method == Method::get ? Scope::read : Scope::social,
         .handler = http::answer([&complaints, of, say](Request& request) -> Result<Response> {
           TRY_ASSIGN(const Subject subject, of(request, complaints));
           return say(request, complaints, subject);
         }),
         .body = method == Method::post ? http::BodyKind::json : http::BodyKind::none,
         .headers = what == "reports" ? http::Headers{http::rate_policy(
                                            "too_many_reports", limits::reports_per_day, day)}
                                      : http::Headers()});
  };
  add(Method::post, "reports", report);
  add(Method::post, "appeal", appeal);
  add(Method::get, "decision", show_notice);
}

// For who is suspended and cannot log in: the token of the mail stands for the owner.
void add_appeal_links(http::Router& router, ComplaintService& complaints) {
  router.add({.method = Method::get,
              .pattern = "/v1/appeals/{token}",
              .access = Access::open,
              .handler = http::answer([&](Request& request) -> Result<Response> {
                TRY_ASSIGN(const Notice notice,
                           complaints.notice_by_link(request.path_values.at(0)));
                return unkept(as_json(200, write_notice, notice));
              })});
  router.add({.method = Method::post,
              .pattern = "/v1/appeals/{token}",
              .access = Access::open,
              .handler = http::answer([&](Request& request) -> Result<Response> {
                TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
                TRY_ASSIGN(const std::string text, read_appeal(body));
                TRY_ASSIGN(const Appeal made,
                           complaints.appeal_by_link(request.path_values.at(0), text));
                return unkept(as_json(201, write_appeal, made));
              }),
              .body = http::BodyKind::json});
}

void add_lists(http::Router& router, ModerationService& moderation,
               const crypto::CursorCodec& cursors) {
  router.add({.method = Method::get,
              .pattern = "/v1/moderation/waiting",
              .access = Access::moderator,
              .scope = Scope::moderation,
              .handler = http::answer([&](Request&) -> Result<Response> {
                return unkept(http::json(200, waiting_json(moderation.waiting())));
              })});
  router.add({.method = Method::get,
              .pattern = "/v1/moderation/queue",
              .access = Access::moderator,
              .scope = Scope::moderation,
              .handler = http::answer([&](Request& request) -> Result<Response> {
                TRY_ASSIGN(const PageRequest page,
                           http::page_request(request, cursors, queue_list));
                return unkept(http::page_response(moderation.queue(request.viewer, page), cursors,
                                                  queue_list, write_case_card));
              })});
  router.add({.method = Method::get,
              .pattern = "/v1/moderation/audit",
              .access = Access::moderator,
              .scope = Scope::moderation,
              .handler = http::answer([&](Request& request) -> Result<Response> {
                TRY_ASSIGN(const PageRequest page,
                           http::page_request(request, cursors, audit_list));
                return unkept(http::page_response(moderation.audit(page), cursors, audit_list,
                                                  write_decision));
              })});
  router.add({.method = Method::get,
              .pattern = "/v1/moderation/looks",
              .access = Access::moderator,
              .scope = Scope::moderation,
              .handler = http::answer([&](Request& request) -> Result<Response> {
                TRY_ASSIGN(const PageRequest page,
                           http::page_request(request, cursors, looks_list));
                return unkept(
                    http::page_response(moderation.looks(page), cursors, looks_list, write_look));
              })});
}

}  // namespace

void add_moderation_routes(http::Router& router, ModerationService& moderation,
                           ComplaintService& complaints, const photos::MediaSigner& signer,
                           const crypto::CursorCodec& cursors) {
  add_lists(router, moderation, cursors);
  add_appeal_links(router, complaints);
  router.add({.method = Method::get,
              .pattern = "/v1/moderation/cases/{id}",
              .access = Access::moderator,
              .scope = Scope::moderation,
              .handler = http::answer(
                  [&](Request& request) { return show_case(request, moderation, signer); })});
  router.add(
      {.method = Method::post,
       .pattern = "/v1/moderation/cases/{id}/decision",
       .access = Access::moderator,
       .scope = Scope::moderation,
       .handler = http::answer([&](Request& request) { return decide(request, moderation); }),
       .body = http::BodyKind::json});
  router.add(
      {.method = Method::post,
       .pattern = "/v1/moderation/cases/{id}/undo",
       .access = Access::moderator,
       .scope = Scope::moderation,
       .handler = http::answer([&](Request& request) { return undo(request, moderation); })});
  add_complaints(router, complaints, "/v1/photos/{id}", subject_of_photo);
  add_complaints(router, complaints, "/v1/comments/{id}", subject_of_comment);
}

}  // namespace picsharz::moderation
