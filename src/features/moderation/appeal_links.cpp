#include "features/moderation/appeal_links.h"

namespace picsharz::moderation {

namespace {

constexpr std::size_t signature_bytes = 16;

}  // namespace

std::string AppealLinks::token(DecisionId decision) const {
  const auto signature = key_.sign("appeal:" + decision.str());
  return decision.str() + "." +
         crypto::base64url(crypto::view(signature).substr(0, signature_bytes));
}

std::optional<DecisionId> AppealLinks::read(std::string_view given) const {
  const auto decision = DecisionId::parse(given.substr(0, given.find('.')));
  if (!decision || !crypto::equal(token(*decision), given)) return std::nullopt;
  return decision;
}

}  // namespace picsharz::moderation
