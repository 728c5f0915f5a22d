// Useful questions that every instance has. Their names are keys: the web says them in its
// languages.
#pragma once

#include <span>

#include "features/queries/query.h"

namespace picsharz::queries {

std::span<const SavedQuery> shipped_queries();

}  // namespace picsharz::queries
