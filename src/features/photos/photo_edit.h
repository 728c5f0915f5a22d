// What an owner may change about a photo, and what its page shows beyond its card. Plain structs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "features/photos/photo.h"

namespace picsharz::photos {

// What is not set stays as it is. Texts and tags are checked (photo_edit_rules.h).
struct PhotoEdit {
  std::optional<std::string> title{};
  std::optional<std::string> description{};
  std::optional<std::string> alt{};
  std::optional<std::vector<std::string>> tags{};
  std::optional<Visibility> visibility{};
  std::optional<std::string> place{};
  std::optional<bool> show_camera{};
  std::optional<bool> allow_download{};
  std::optional<bool> comments_allowed{};
};

// What a file says about its picture, for its owner. What others see of it is the owner's choice;
// the position and the keywords are never theirs to see.
struct PhotoMetadata {
  std::string camera;                   // JSON object, "" where the file says nothing
  std::optional<std::string> taken_at;  // 2008-10-22T16:28:39, with +02:00 where it is known
  std::string copyright;
  std::string artist;
  std::string caption;
  std::string keywords = "[]";  // JSON
  std::optional<double> latitude;
  std::optional<double> longitude;
};

struct PhotoDetails {
  std::string place;
  bool show_camera = false;
  bool allow_download = false;
  bool comments_allowed = true;
  PhotoMetadata metadata;
};

// A photo's page as one viewer sees it.
struct PhotoPage {
  PhotoView view;
  PhotoDetails details;
  std::string alt_draft{};  // for its owner to read and change; "": none
};

}  // namespace picsharz::photos
