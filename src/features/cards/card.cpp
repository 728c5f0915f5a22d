#include "features/cards/card.h"

#include <utility>

namespace picsharz::cards {

std::size_t Card::bytes() const {
  const photos::Photo& photo = view.photo;
  std::size_t bytes = sizeof(Card) + 64;  // and the map's node
  for (const std::string* field :
       {&photo.title, &photo.description, &photo.alt, &photo.tags, &photo.labels, &photo.renditions,
        &photo.original, &photo.file_name, &view.owner_handle, &view.owner_name,
        &view.owner_avatar}) {
    bytes += field->capacity();
  }
  if (text) bytes += text->before.capacity() + text->after.capacity();
  return bytes;
}

Card make_card(photos::PhotoView view, const photos::MediaSigner& signer) {
  Card card{.view = {}, .text = photos::photo_text(view, signer)};
  if (!card.text) {
    card.view = std::move(view);
    return card;
  }
  card.text->before.shrink_to_fit();
  card.view.photo.id = view.photo.id;
  card.view.photo.owner = view.photo.owner;
  card.view.photo.visibility = view.photo.visibility;
  card.view.photo.state = view.photo.state;
  return card;
}

void write_card(JsonWriter& out, const CardLine& line, const Viewer& viewer,
                const photos::MediaSigner& signer) {
  if (line.card->text) {
    photos::write_photo(out, *line.card->text, line.counts);
    return;
  }
  photos::PhotoView view = line.card->view;
  view.photo.likes = line.counts.likes;
  view.photo.comments = line.counts.comments;
  view.liked = line.counts.liked;
  photos::write_photo(out, view, viewer, signer);
}

}  // namespace picsharz::cards
