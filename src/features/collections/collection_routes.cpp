#include "features/collections/collection_routes.h"

#include <utility>

#include "features/accounts/account_json.h"
#include "features/collections/collection_rules.h"
#include "http/answer.h"

namespace picsharz::collections {

using http::Method;
using http::Request;
using http::Response;

namespace {

void write_view(JsonWriter& out, const CollectionView& view, const Viewer& viewer,
                const cards::CardContext& context) {
  const Collection& collection = view.collection;
  out.begin_object().field("id", collection.id);
  out.key("owner").raw(accounts::account_json(view.owner));
  out.field("name", collection.name)
      .field("description", collection.description)
      .field("visibility", photos::visibility_name(collection.visibility));
  out.key("cover");
  if (view.cover) {
    photos::write_photo(out, *view.cover, viewer, context.signer);
  } else {
    out.null();
  }
  out.time_field("created_at", collection.created_at)
      .time_field("changed_at", collection.changed_at)
      .end_object();
}

Response view_response(int status, const CollectionView& view, const Request& request,
                       const cards::CardContext& context) {
  std::string body;
  JsonWriter out(body);
  write_view(out, view, request.viewer, context);
  return http::json(status, std::move(body));
}

template <class T>
Result<T> id_of(const Request& request, std::size_t place) {
  const auto id = T::parse(request.path_values.at(place));
  if (!id) return not_found();
  return *id;
}

Result<Response> create(Request& request, CollectionService& collections,
                        const cards::CardContext& context) {
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  TRY_ASSIGN(const CollectionEdit wanted, read_new(body));
  TRY_ASSIGN(const CollectionView view, collections.create(request.viewer, wanted));
  Response response = view_response(201, view, request, context);
  response.header("Location", "/v1/collections/" + view.collection.id.str());
  return response;
}

Result<Response> show(Request& request, CollectionService& collections,
                      const cards::CardContext& context) {
  TRY_ASSIGN(const CollectionId id, id_of<CollectionId>(request, 0));
  TRY_ASSIGN(const CollectionView view, collections.find(request.viewer, id));
  return view_response(200, view, request, context);
}

Result<Response> edit(Request& request, CollectionService& collections,
                      const cards::CardContext& context) {
  TRY_ASSIGN(const CollectionId id, id_of<CollectionId>(request, 0));
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  TRY_ASSIGN(const CollectionEdit change, read_edit(body));
  TRY_ASSIGN(const CollectionView view, collections.edit(request.viewer, id, change));
  return view_response(200, view, request, context);
}

Result<Response> remove(Request& request, CollectionService& collections,
                        const cards::CardContext&) {
  TRY_ASSIGN(const CollectionId id, id_of<CollectionId>(request, 0));
  TRY(collections.remove(request.viewer, id));
  return http::no_content();
}

Result<Response> list(Request& request, CollectionService& collections,
                      const cards::CardContext& context) {
  constexpr std::string_view name = "account.collections";
  TRY_ASSIGN(const PageRequest page, http::page_request(request, context.cursors, name));
  TRY_ASSIGN(const auto found,
             collections.of_owner(request.viewer, request.path_values.at(0), page));
  return http::page_response(found, context.cursors, name,
                             [&](JsonWriter& out, const CollectionView& view) {
                               write_view(out, view, request.viewer, context);
                             });
}

Result<Response> show_photos(Request& request, CollectionService& collections,
                             const cards::CardContext& context) {
  constexpr std::string_view name = "collection.photos";
  TRY_ASSIGN(const CollectionId id, id_of<CollectionId>(request, 0));
  TRY_ASSIGN(const PageRequest page, http::page_request(request, context.cursors, name));
  TRY_ASSIGN(const auto found, collections.photos(request.viewer, id, page));
  return cards::cards_response(found, request, context, name);
}

Result<Response> add(Request& request, CollectionService& collections, const cards::CardContext&) {
  TRY_ASSIGN(const CollectionId id, id_of<CollectionId>(request, 0));
  TRY_ASSIGN(const PhotoId photo, id_of<PhotoId>(request, 1));
  TRY(collections.add(request.viewer, id, photo));
  return http::no_content();
}

Result<Response> take_out(Request& request, CollectionService& collections,
                          const cards::CardContext&) {
  TRY_ASSIGN(const CollectionId id, id_of<CollectionId>(request, 0));
  TRY_ASSIGN(const PhotoId photo, id_of<PhotoId>(request, 1));
  TRY(collections.take_out(request.viewer, id, photo));
  return http::no_content();
}

Result<Response> order(Request& request, CollectionService& collections,
                       const cards::CardContext&) {
  TRY_ASSIGN(const CollectionId id, id_of<CollectionId>(request, 0));
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  TRY_ASSIGN(const std::vector<PhotoId> wanted, read_order(body));
  TRY(collections.order(request.viewer, id, wanted));
  return http::no_content();
}

Result<Response> around(Request& request, CollectionService& collections,
                        const cards::CardContext&) {
  TRY_ASSIGN(const PhotoId photo, id_of<PhotoId>(request, 0));
  TRY_ASSIGN(const OwnCollections own, collections.around(request.viewer, photo));
  std::string body;
  JsonWriter out(body);
  out.begin_object().field("saved", own.saved).key("collections").begin_array();
  for (const OwnCollection& one : own.collections) {
    out.begin_object()
        .field("id", one.id)
        .field("name", one.name)
        .field("visibility", photos::visibility_name(one.visibility))
        .field("holds", one.holds)
        .end_object();
  }
  out.end_array().end_object();
  return http::json(200, std::move(body));
}

Result<Response> save(Request& request, CollectionService& collections, const cards::CardContext&) {
  TRY_ASSIGN(const PhotoId photo, id_of<PhotoId>(request, 0));
  TRY(collections.save(request.viewer, photo, request.method == Method::put));
  return http::no_content();
}

Result<Response> show_saved(Request& request, CollectionService& collections,
                            const cards::CardContext& context) {
  constexpr std::string_view name = "me.saved";
  TRY_ASSIGN(const PageRequest page, http::page_request(request, context.cursors, name));
  return cards::cards_response(collections.saved(request.viewer, page), request, context, name);
}

Result<Response> show_saved_among(Request& request, CollectionService& collections,
                                  const cards::CardContext&) {
  TRY_ASSIGN(const auto asked, read_among(request.query_value("among").value_or("")));
  std::string body;
  JsonWriter out(body);
  out.begin_object().key("items").begin_array();
  for (const PhotoId photo : collections.saved_among(request.viewer, asked)) out.value(photo.str());
  out.end_array().end_object();
  return http::json(200, std::move(body));
}

}  // namespace

void add_collection_routes(http::Router& router, CollectionService& collections,
                           cards::CardContext context) {
  using http::Access;
  using http::BodyKind;
  using Handler = Result<Response> (*)(Request&, CollectionService&, const cards::CardContext&);
  const auto route = [&](Method method, std::string pattern, Access access, Handler handler,
                         BodyKind body = BodyKind::none) {
    router.add({.method = method,
                .pattern = std::move(pattern),
                .access = access,
                .scope = method == Method::get ? Scope::read : Scope::social,
                .handler = http::answer([&collections, context, handler](Request& request) {
                  return handler(request, collections, context);
                }),
                .body = body});
  };
  const std::string one = "/v1/collections/{id}";
  const std::string photo = one + "/photos/{photo}";
  route(Method::post, "/v1/collections", Access::member, create, BodyKind::json);
  route(Method::get, one, Access::open, show);
  route(Method::patch, one, Access::member, edit, BodyKind::json);
  route(Method::del, one, Access::member, remove);
  route(Method::get, one + "/photos", Access::open, show_photos);
  route(Method::put, photo, Access::member, add);
  route(Method::del, photo, Access::member, take_out);
  route(Method::put, one + "/order", Access::member, order, BodyKind::json);
  route(Method::get, "/v1/accounts/{handle}/collections", Access::open, list);
  route(Method::get, "/v1/photos/{id}/collections", Access::member, around);
  route(Method::put, "/v1/photos/{id}/saved", Access::member, save);
  route(Method::del, "/v1/photos/{id}/saved", Access::member, save);
  route(Method::get, "/v1/me/saved", Access::member, show_saved);
  route(Method::get, "/v1/me/saved/ids", Access::member, show_saved_among);
}

}  // namespace picsharz::collections
