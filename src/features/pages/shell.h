// The document that every page of the web application begins with, as its build has left it.
//
// What:      what stands in index.html and is the same for every page (icon, modules, styles), and
//            what shell.json says beyond it (docs/life-of-a-page.md): the languages that the
//            application speaks, and for kinds of pages which modules they need and how large their
//            pictures are. Plain structs.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace picsharz::pages {

// Of pages that show the same: "home", "recent", "popular", "photo", "profile", "tag",
// "collection", "search"; of pages that carry nothing, their path.
struct Kind {
  std::vector<std::string> modules;  // to be fetched with those of every page
  std::vector<std::string> styles;   // the same
  std::vector<std::string> areas;    // of the catalogues
  std::string sizes;                 // of its pictures; "": not told, so none is fetched ahead
  std::size_t first = 2;             // so many of them are
  std::size_t soon = 2;              // and so many before the program
  std::string rest_media;            // which screens fetch the others of these; "": all
  // Which screens take the AVIF where there is one, and which the others. "": all take it.
  std::string avif_media;
  std::string other_media;
};

using Catalogues = std::map<std::string, std::vector<std::string>, std::less<>>;

struct Shell {
  // Before any picture is named: by how wide a page is, browsers choose among its sizes.
  std::string viewport;
  // Tags of the head: for readers whose system chooses the theme, and for those who chose.
  std::string head;
  std::string light_head;
  std::string dark_head;
  // Where the head's program is, and the one that stands in for it in a document that has its
  // picture already, and loads it when that is seen. "": there is none.
  std::string program;
  std::string starter;
  std::vector<std::string> languages{"en"};  // the first is for whoever wants none of them
  // The modules of each language by area. "core" is of every page.
  std::map<std::string, Catalogues, std::less<>> catalogues;
  std::map<std::string, Kind, std::less<>> kinds;
};

}  // namespace picsharz::pages
