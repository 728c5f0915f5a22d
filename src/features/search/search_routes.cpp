#include "features/search/search_routes.h"

#include <array>
#include <utility>

#include "features/accounts/account_json.h"
#include "features/search/search_rules.h"
#include "http/answer.h"

namespace picsharz::search {

using http::Request;
using http::Response;

namespace {

constexpr std::size_t little = 3;  // of what is found; then another spelling is looked for

std::unexpected<Error> refuse(std::string_view field, std::string_view detail) {
  auto failure = fail(ErrorKind::invalid, "invalid_request", "This search cannot be made.",
                      "Correct the fields named in errors and send it again.");
  failure.error().fields = {{std::string(field), "invalid", std::string(detail)}};
  return failure;
}

template <class T, std::size_t N>
std::optional<T> named(const std::array<std::pair<std::string_view, T>, N>& names,
                       std::string_view wanted) {
  for (const auto& [name, value] : names) {
    if (name == wanted) return value;
  }
  return std::nullopt;
}

constexpr std::array<std::pair<std::string_view, Sort>, 3> sorts = {
    {{"newest", Sort::newest}, {"relevance", Sort::relevance}, {"likes", Sort::likes}}};
constexpr std::array<std::pair<std::string_view, Type>, 4> types = {{{"photos", Type::photos},
                                                                     {"people", Type::people},
                                                                     {"tags", Type::tags},
                                                                     {"experts", Type::experts}}};

// A cursor belongs to a type and an order.
std::string_view list_of(Type type, Sort sort) {
  if (type == Type::people) return "search.people";
  if (type == Type::tags) return "search.tags";
  if (type == Type::experts) return "search.experts";
  if (sort == Sort::relevance) return "search.relevance";
  return sort == Sort::likes ? "search.likes" : "search.photos";
}

struct Asked {
  std::string_view typed;
  Query query;
  Sort sort = Sort::newest;
  PageRequest page;
};

class Answer {
 public:
  Answer(Request& request, SearchService& search, TermService& terms,
         const cards::CardContext& context, const Searched& searched)
      : request_(request), search_(search), terms_(terms), context_(context), searched_(searched) {}

  Result<Response> give() {
    const std::string_view type = request_.query_value("type").value_or("photos");
    Asked asked;
    TRY(read(asked));
    std::string body;
    JsonWriter out(body);
    if (type == "all") {
      TRY_ASSIGN(asked.page, http::page_request(request_, context_.cursors, "search.all"));
      write_all(out, asked);
    } else {
      const auto one = named(types, type);
      if (!one) return refuse("type", "This is photos, people, tags, experts or all.");
      TRY_ASSIGN(asked.page,
                 http::page_request(request_, context_.cursors, list_of(*one, asked.sort)));
      out.begin_object();
      const std::size_t found = write_page(out, *one, asked);
      write_meant(out, asked, *one, !asked.page.after && found < little);
      out.end_object();
    }
    const bool first = (type == "photos" || type == "all") && asked.sort == Sort::newest &&
                       !asked.page.after && !asked.query.empty();
    if (searched_ && first) searched_(asked.typed, is_found(asked), request_);
    return http::json(200, std::move(body));
  }

 private:
  // What is no photo may be a person: then it is found, if not at the first look.
  bool is_found(const Asked& asked) {
    return anything_ ||
           !search_.people(request_.viewer, asked.query, {.after = std::nullopt, .limit = 1})
                .items.empty();
  }

  Result<void> read(Asked& asked) {
    asked.typed = request_.query_value("q").value_or("");
    const auto characters = count_characters(asked.typed);
    if (!characters || *characters > query_max) {
      return refuse("q", "A search has at most 200 characters.");
    }
    const auto sort = named(sorts, request_.query_value("sort").value_or("newest"));
    if (!sort) return refuse("sort", "This is newest, relevance or likes.");
    asked.sort = *sort;
    TRY_ASSIGN(asked.query, parse_query(asked.typed));
    return {};
  }

  void write_all(JsonWriter& out, const Asked& asked) {
    out.begin_object();
    bool empty = true;
    for (const auto& [name, type] : types) {
      out.key(name).begin_object();
      const std::size_t found = write_page(out, type, asked);
      if (type == Type::photos || type == Type::people) empty = empty && found == 0;
      out.end_object();
    }
    write_meant(out, asked, Type::photos, empty);
    out.end_object();
  }

  void write_meant(JsonWriter& out, const Asked& asked, Type type, bool wanted) {
    const auto meant = wanted ? terms_.did_you_mean(request_.viewer, asked.typed, asked.query, type)
                              : std::nullopt;
    out.key("did_you_mean").value(meant);
  }

  // The fields of a page, into an object that is open; how many items.
  std::size_t write_page(JsonWriter& out, Type type, const Asked& asked) {
    const Viewer& viewer = request_.viewer;
    const std::string_view list = list_of(type, asked.sort);
    switch (type) {
      case Type::photos:
        return write_items(out, search_.photos(viewer, asked.query, asked.sort, asked.page), list,
                           [&](const photos::PhotoView& view) {
                             photos::write_photo(out, view, viewer, context_.signer);
                           });
      case Type::people:
        return write_items(
            out, search_.people(viewer, asked.query, asked.page), list,
            [&](const accounts::Account& account) { out.raw(accounts::account_json(account)); });
      case Type::tags:
        return write_items(out, terms_.tags(viewer, asked.typed, asked.page), list,
                           [&](const Term& term) {
                             out.begin_object().field("id", std::to_string(term.id));
                             out.field("kind", term.tagged ? "tag" : "label");
                             out.field("name", term.name).field("photos", term.photos);
                             out.end_object();
                           });
      case Type::experts:
        break;
    }
    return write_items(out, terms_.experts(viewer, asked.typed, asked.page), list,
                       [&](const Expert& expert) {
                         out.begin_object().field("id", expert.account.id);
                         out.key("account").raw(accounts::account_json(expert.account));
                         out.field("term", expert.term).field("photos", expert.photos);
                         out.field("photos_this_month", expert.photos_this_month).end_object();
                       });
  }

  template <class T, class Write>
  std::size_t write_items(JsonWriter& out, const Page<T>& page, std::string_view list,
                          Write&& write) {
    anything_ = anything_ || !page.items.empty() || page.next;
    out.key("items").begin_array();
    for (const T& item : page.items) write(item);
    out.end_array().key("next");
    if (page.next) {
      out.value(context_.cursors.encode(list, *page.next));
    } else {
      out.null();
    }
    return page.items.size();
  }

  Request& request_;
  SearchService& search_;
  TermService& terms_;
  const cards::CardContext& context_;
  const Searched& searched_;
  bool anything_ = false;  // was found
};

std::string_view name_of(Suggestion::Kind kind) {
  if (kind == Suggestion::Kind::person) return "person";
  return kind == Suggestion::Kind::tag ? "tag" : "label";
}

void write_suggestion(JsonWriter& out, const Suggestion& suggestion) {
  out.begin_object().field("kind", name_of(suggestion.kind)).field("q", suggestion.q);
  out.field("text", suggestion.text);
  if (suggestion.kind == Suggestion::Kind::person) {
    out.field("handle", suggestion.handle);
    accounts::write_avatar(out, suggestion.avatar);
    out.null_field("photos");
  } else {
    out.null_field("handle").null_field("avatar").field("photos", suggestion.photos);
  }
  out.end_object();
}

// While somebody types nothing is wrong yet: what cannot be understood suggests nothing.
Result<Response> suggest(Request& request, TermService& terms) {
  const std::string_view typed = request.query_value("q").value_or("");
  const auto characters = count_characters(typed);
  if (!characters || *characters > query_max) {
    return refuse("q", "A search has at most 200 characters.");
  }
  std::string body;
  JsonWriter out(body);
  out.begin_object().key("items").begin_array();
  for (const Suggestion& each : terms.suggest(request.viewer, typed)) write_suggestion(out, each);
  out.end_array().end_object();
  return http::json(200, std::move(body));
}

}  // namespace

void add_search_routes(http::Router& router, SearchService& search, TermService& terms,
                       cards::CardContext context, Searched searched) {
  router.add({.method = http::Method::get,
              .pattern = "/v1/search",
              .access = http::Access::open,
              .scope = Scope::read,
              .handler = http::answer(
                  [&search, &terms, context, searched = std::move(searched)](Request& request) {
                    return Answer(request, search, terms, context, searched).give();
                  }),
              .rate = http::RateClass::search});
  router.add(
      {.method = http::Method::get,
       .pattern = "/v1/search/suggest",
       .access = http::Access::open,
       .scope = Scope::read,
       .handler = http::answer([&terms](Request& request) { return suggest(request, terms); }),
       .rate = http::RateClass::search});
}

}  // namespace picsharz::search
