// Cards that are shared by those who look at them. Plain structs.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "base/page.h"
#include "features/photos/photo.h"
#include "features/photos/photo_json.h"

namespace picsharz::cards {

// A photo on a screen, without what changes with the people who look. Where everybody reads the
// same there is `text`, and of `view` only what decides who may see it.
struct Card {
  photos::PhotoView view;
  std::optional<photos::PhotoText> text;

  std::size_t bytes() const;  // of memory, about
};

Card make_card(photos::PhotoView view, const photos::MediaSigner& signer);

// A card and what one viewer sees beside it.
struct CardLine {
  std::shared_ptr<const Card> card;
  photos::PhotoCounts counts;
};

using CardLines = Page<CardLine>;

void write_card(JsonWriter& out, const CardLine& line, const Viewer& viewer,
                const photos::MediaSigner& signer);

}  // namespace picsharz::cards
