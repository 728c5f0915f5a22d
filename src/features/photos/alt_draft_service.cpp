#include "features/photos/alt_draft_service.h"

#include "features/photos/photo_edit_store.h"
#include "vision/alt_draft.h"

namespace picsharz::photos {

std::string alt_draft_for(db::Tx& tx, const Viewer& viewer, const Photo& photo) {
  const bool own = viewer.signed_in() && viewer.account == photo.owner;
  if (!own || !photo.alt.empty()) return "";
  return vision::alt_draft(PhotoEditStore().shown_labels(tx, photo.id));
}

}  // namespace picsharz::photos
