#include "features/cards/card_routes.h"

#include <utility>

#include "features/photos/photo_page_json.h"
#include "http/answer.h"

namespace picsharz::cards {

using http::Request;
using http::Response;
using photos::PhotoView;

namespace {

constexpr std::size_t card_bytes = 1000;  // of JSON, about: one allocation for a page
constexpr std::string_view owner_list = "account.photos";

Result<Response> show_photo(Request& request, CardService& cards, const CardContext& context,
                            const Viewed& viewed) {
  const auto id = PhotoId::parse(request.path_values.at(0));
  if (!id) return not_found();
  TRY_ASSIGN(const photos::PhotoPage page, cards.find_page(request.viewer, *id));
  const photos::Photo& photo = page.view.photo;
  const bool published = photo.state == photos::PhotoState::published;
  if (viewed && published && photo.owner != request.viewer.account) viewed(photo.id);
  std::string body;
  JsonWriter out(body);
  photos::write_photo_page(out, page, request.viewer, context.signer);
  return http::json(200, std::move(body));
}

Result<Response> show_owner(Request& request, CardService& cards, const CardContext& context) {
  TRY_ASSIGN(const PageRequest page, http::page_request(request, context.cursors, owner_list));
  TRY_ASSIGN(const CardPage found, cards.of_owner(request.viewer, request.path_values.at(0), page));
  return cards_response(found, request, context, owner_list);
}

}  // namespace

void write_cards(JsonWriter& out, const CardPage& page, const Viewer& viewer,
                 const CardContext& context, std::string_view list) {
  http::write_page(out, page, context.cursors, list,
                   [&](JsonWriter& writer, const PhotoView& view) {
                     photos::write_photo(writer, view, viewer, context.signer);
                   });
}

Response cards_response(const CardPage& page, const Request& request, const CardContext& context,
                        std::string_view list) {
  std::string body;
  body.reserve(page.items.size() * card_bytes + 100);
  JsonWriter out(body);
  write_cards(out, page, request.viewer, context, list);
  return http::json(200, std::move(body));
}

Response cards_response(const CardLines& page, const Request& request, const CardContext& context,
                        std::string_view list) {
  std::string body;
  body.reserve(page.items.size() * card_bytes + 100);
  JsonWriter out(body);
  http::write_page(out, page, context.cursors, list, [&](JsonWriter& writer, const CardLine& line) {
    write_card(writer, line, request.viewer, context.signer);
  });
  return http::json(200, std::move(body));
}

void add_card_routes(http::Router& router, CardService& cards, CardContext context, Viewed viewed) {
  router.add(
      {.method = http::Method::get,
       .pattern = "/v1/photos/{id}",
       .access = http::Access::open,
       .scope = Scope::read,
       .handler = http::answer([&cards, context, viewed = std::move(viewed)](Request& request) {
         return show_photo(request, cards, context, viewed);
       })});
  router.add({.method = http::Method::get,
              .pattern = "/v1/accounts/{handle}/photos",
              .access = http::Access::open,
              .scope = Scope::read,
              .handler = http::answer([&cards, context](Request& request) {
                return show_owner(request, cards, context);
              })});
}

}  // namespace picsharz::cards
