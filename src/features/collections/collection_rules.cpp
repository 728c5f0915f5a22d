#include "features/collections/collection_rules.h"

#include <algorithm>
#include <ranges>
#include <string>
#include <utility>

namespace picsharz::collections {

namespace {

constexpr std::size_t id_max = 19;

std::string trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(blank) - first + 1));
}

std::optional<std::string> text_of(JsonObject& body, std::string_view name, std::size_t max) {
  const auto typed = body.optional_text(name, max);
  return typed ? std::optional(trimmed(*typed)) : std::nullopt;
}

}  // namespace

Result<CollectionEdit> read_edit(JsonObject& body) {
  CollectionEdit edit;
  edit.name = text_of(body, "name", name_max);
  if (edit.name && edit.name->empty()) {
    body.refuse("name", "missing", "A collection has a name.");
  }
  edit.description = text_of(body, "description", description_max);
  if (const auto name = body.optional_text("visibility", 20)) {
    edit.visibility = photos::visibility_of(*name);
    if (!edit.visibility) {
      body.refuse("visibility", "unknown_value", "This is public, followers or private.");
    }
  }
  TRY(body.finish());
  return edit;
}

Result<CollectionEdit> read_new(JsonObject& body) {
  if (!body.has("name")) body.refuse("name", "missing", "A collection has a name.");
  return read_edit(body);
}

Result<std::vector<PhotoId>> read_among(std::string_view list) {
  std::vector<PhotoId> photos;
  bool right = !list.empty();
  for (const auto part : std::views::split(list, ',')) {
    const auto id = PhotoId::parse(std::string_view(part));
    right = right && id && photos.size() < among_max;
    if (right) photos.push_back(*id);
  }
  if (right) return photos;
  return fail(ErrorKind::invalid, "invalid_request", "These are no ids of photos.",
              "Name up to " + std::to_string(among_max) + ", with commas between them.");
}

Result<std::vector<PhotoId>> read_order(JsonObject& body) {
  const auto typed = body.optional_list("photos", photos_max, id_max);
  if (!typed) body.refuse("photos", "missing", "This is the photos in their order.");
  std::vector<PhotoId> order;
  for (const std::string& text : typed.value_or(std::vector<std::string>())) {
    const auto id = PhotoId::parse(text);
    if (id) order.push_back(*id);
    if (!id) body.refuse("photos", "invalid_id", "This is no photo's id.");
  }
  std::vector<PhotoId> sorted = order;
  std::ranges::sort(sorted);
  if (std::ranges::adjacent_find(sorted) != sorted.end()) {
    body.refuse("photos", "twice", "Each photo stands once.");
  }
  TRY(body.finish());
  return order;
}

}  // namespace picsharz::collections
