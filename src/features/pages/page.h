// What a page says before a line of the web application has run. Plain structs.
//
// Texts are as people typed them: whoever writes the document (shell_rules.h) escapes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace picsharz::pages {

// Of the instance, for every page.
struct Site {
  std::string name;
  std::string description;
  std::string url;       // without a slash at its end
  bool visitors = true;  // false: for members only
};

struct Image {
  std::string url;
  std::int64_t width = 0;
  std::int64_t height = 0;
  std::string alt;
};

struct Head {
  std::string title;
  std::string description;
  std::string path;                   // of the page's one address; "": it has none
  std::string_view type = "website";  // in the words of Open Graph
  std::optional<Image> image{};       // of the card that other sites show of it
  // The same for other programs: a type, and a path.
  std::vector<std::pair<std::string_view, std::string>> alternates{};
  bool card = false;   // everybody may see this: there may be such a card
  bool index = false;  // and search engines may name it
};

// A picture that the page shows first.
struct Preload {
  std::string srcset;
  std::string sizes;
  std::string media{};  // "": on every screen
  bool avif = false;
  bool soon = true;  // before what the program needs to draw
};

// A picture that is drawn before the application is here, where that will draw it.
struct Ahead {
  Image image;  // as large as the photo
  std::string srcset;
  std::string sizes;
  std::string avif{};  // srcset of those; "": there are none
  std::string avif_media{};
};

// A photo for a reader without scripts.
struct PlainPhoto {
  std::string path;  // of its page
  Image image;
};

struct Page {
  int status = 200;
  Head head{};
  std::string_view kind{};  // of shell.h
  std::string data{};       // JSON; "": none
  std::vector<Preload> preloads{};
  std::optional<Ahead> ahead{};
  std::string text{};  // for a reader without scripts: what this is
  std::vector<PlainPhoto> photos{};
};

// What a reader asked for, in words that we have.
struct Reader {
  std::string_view theme{};  // "light", "dark"; "": as their system has it
  std::string language = "en";
};

}  // namespace picsharz::pages
