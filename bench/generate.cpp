// bench_generate --data DIR [--database URL] [--people N] [--photos N] [--likes N] [--seed N]
//                [--media N] [--sessions N] [--friends FILE]
//
// Fills a fresh database, DIR/picsharz.db or the one at URL, and DIR/objects with a month. DIR gets
// tokens.txt (a session token a line, of the first people) and media.txt (photo and object key a
// line, of the photos that have a rendition). FILE: a friendship a line, two numbers of people from
// 0 or 1 on.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>

#include "db/migrations.h"
#include "db/search_index.h"
#include "month.h"
#include "storage/file_system.h"
#include "storage/spool.h"

namespace picsharz::bench {

namespace {

// What is generated can be generated again: nothing of it needs to survive a power cut.
class HastyFiles final : public storage::FileSystem {
 public:
  int sync(int) override { return 0; }
};

using Arguments = std::map<std::string, std::string>;

Arguments read_arguments(int count, char** values) {
  Arguments arguments;
  for (int i = 1; i + 1 < count; i += 2) arguments[values[i]] = values[i + 1];
  if (count % 2 == 0 || !arguments.contains("--data")) {
    throw std::invalid_argument(
        "usage: bench_generate --data DIR [--database URL] [--people N] [--photos N] [--likes N]"
        " [--seed N] [--media N] [--sessions N] [--friends FILE]");
  }
  return arguments;
}

int number(const Arguments& arguments, const std::string& name, int fallback) {
  const auto found = arguments.find(name);
  return found == arguments.end() ? fallback : std::stoi(found->second);
}

std::vector<Pair> read_friends(const Arguments& arguments) {
  std::vector<Pair> friends;
  const auto path = arguments.find("--friends");
  if (path == arguments.end()) return friends;
  std::ifstream file(path->second);
  for (Pair each; file >> each.first >> each.second;) friends.push_back(each);
  if (friends.empty()) throw std::runtime_error("no friends in " + path->second);
  return friends;
}

std::unique_ptr<db::Database> open(const Arguments& arguments, const std::string& directory) {
  if (const auto url = arguments.find("--database"); url != arguments.end()) {
    return db::open_postgres({.url = url->second, .pool = 2});
  }
  return db::open_sqlite({.path = directory + "/picsharz.db", .cache_kib = 512 * 1024});
}

void write_lists(const Month& month, const std::string& directory) {
  std::ofstream tokens(directory + "/tokens.txt");
  for (const std::string& token : month.tokens) tokens << token << '\n';
  std::ofstream media(directory + "/media.txt");
  for (const MediaObject& each : month.media) media << each.photo.str() << ' ' << each.key << '\n';
  if (!tokens.flush() || !media.flush()) throw std::runtime_error("cannot write in " + directory);
}

void run(const Arguments& arguments) {
  const std::string directory = arguments.at("--data");
  std::filesystem::create_directories(directory);
  const auto database = open(arguments, directory);
  if (db::schema_state(*database).current != 0) {
    throw std::runtime_error("the database is not empty");
  }
  db::migrate(*database);
  HastyFiles files;
  const auto store = storage::open_fs_store(directory + "/objects", files);
  MonthOptions options;
  options.scale.people = number(arguments, "--people", options.scale.people);
  options.scale.photos = number(arguments, "--photos", options.scale.photos);
  options.scale.likes = number(arguments, "--likes", options.scale.likes);
  options.scale.seed = static_cast<std::uint64_t>(number(arguments, "--seed", 1));
  options.scale.friends = read_friends(arguments);
  options.media = number(arguments, "--media", options.media);
  options.sessions = number(arguments, "--sessions", options.sessions);
  options.end = SystemClock().now();
  const Month month = write_month(*database, *store, options);
  // As the upkeep leaves it: a server that did this first would be measured with it.
  db::SearchIndex::forget(*database, [](Micros) { return true; });
  write_lists(month, directory);
  std::printf("%d people, %d photos, %lld follows, %lld likes, %zu renditions\n",
              options.scale.people, options.scale.photos, static_cast<long long>(month.follows),
              static_cast<long long>(month.likes), month.media.size());
}

}  // namespace

}  // namespace picsharz::bench

int main(int count, char** values) {
  try {
    picsharz::bench::run(picsharz::bench::read_arguments(count, values));
    return 0;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "bench_generate: %s\n", failure.what());
    return 1;
  }
}
