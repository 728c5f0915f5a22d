#include "features/similar/similar_routes.h"

#include "http/answer.h"

namespace picsharz::similar {

using http::Request;
using http::Response;

namespace {

constexpr std::string_view one_page = "photo.similar";  // has no next one

Result<Response> show_similar(Request& request, SimilarService& similar,
                              const cards::CardContext& context) {
  const auto id = PhotoId::parse(request.path_values.at(0));
  if (!id) return not_found();
  TRY_ASSIGN(const cards::CardPage page, similar.find(request.viewer, *id));
  return cards::cards_response(page, request, context, one_page);
}

Result<Response> show_duplicates(Request& request, DuplicateService& duplicates,
                                 const cards::CardContext& context) {
  const auto id = PhotoId::parse(request.path_values.at(0));
  if (!id) return not_found();
  TRY_ASSIGN(const cards::CardPage page, duplicates.list(request.viewer, *id));
  return cards::cards_response(page, request, context, one_page);
}

Result<Response> keep_both(Request& request, DuplicateService& duplicates) {
  const auto id = PhotoId::parse(request.path_values.at(0));
  if (!id) return not_found();
  TRY(duplicates.keep(request.viewer, *id));
  return http::no_content();
}

}  // namespace

void add_similar_routes(http::Router& router, SimilarService& similar, DuplicateService& duplicates,
                        cards::CardContext context) {
  router.add({.method = http::Method::get,
              .pattern = "/v1/photos/{id}/similar",
              .access = http::Access::open,
              .scope = Scope::read,
              .handler = http::answer([&similar, context](Request& request) {
                return show_similar(request, similar, context);
              })});
  router.add({.method = http::Method::get,
              .pattern = "/v1/photos/{id}/duplicates",
              .access = http::Access::member,
              .scope = Scope::read,
              .handler = http::answer([&duplicates, context](Request& request) {
                return show_duplicates(request, duplicates, context);
              })});
  router.add({.method = http::Method::del,
              .pattern = "/v1/photos/{id}/duplicates",
              .access = http::Access::member,
              .scope = Scope::photos,
              .handler = http::answer(
                  [&duplicates](Request& request) { return keep_both(request, duplicates); })});
}

}  // namespace picsharz::similar
