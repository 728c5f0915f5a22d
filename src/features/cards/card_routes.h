// The routes of one photo's page and one member's photos, and how a page of cards is answered.
#pragma once

#include <functional>
#include <string_view>

#include "crypto/cursor.h"
#include "features/cards/card_service.h"
#include "features/photos/photo_json.h"
#include "http/paging.h"
#include "http/router.h"

namespace picsharz::cards {

// What a card's answer needs besides the card.
struct CardContext {
  const photos::MediaSigner& signer;
  const crypto::CursorCodec& cursors;
};

void write_cards(JsonWriter& out, const CardPage& page, const Viewer& viewer,
                 const CardContext& context, std::string_view list);
http::Response cards_response(const CardPage& page, const http::Request& request,
                              const CardContext& context, std::string_view list);

http::Response cards_response(const CardLines& page, const http::Request& request,
                              const CardContext& context, std::string_view list);

// `viewed`: told of a published photo whose page somebody opened who is not its owner; from any
// thread, and cheap.
using Viewed = std::function<void(PhotoId)>;
void add_card_routes(http::Router& router, CardService& cards, CardContext context,
                     Viewed viewed = {});

}  // namespace picsharz::cards
