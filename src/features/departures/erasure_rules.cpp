#include "features/departures/erasure_rules.h"

#include <initializer_list>
#include <string>

#include "base/json_tree.h"

namespace picsharz::departures {

namespace {

// Of scripts without blanks a name touches its neighbours: their characters part words.
bool in_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// As words of their own: "mei" does not stand in "Meissen", nor "@mei" in "tom@mei.example".
bool has_words(std::string_view text, std::string_view words) {
  if (words.empty()) return false;
  for (std::size_t at = text.find(words); at != text.npos; at = text.find(words, at + 1)) {
    const std::size_t end = at + words.size();
    const bool begins = at == 0 || !in_word(text[at - 1]);
    const bool ends = end == text.size() || !in_word(text[end]) || !in_word(words.back());
    if (begins && ends) return true;
  }
  return false;
}

bool names_account(std::string_view text, const Person& person) {
  return has_words(text, "@" + std::string(person.handle)) || has_words(text, person.email);
}

}  // namespace

Letter letter_of_job(std::string_view payload) {
  const JsonTree tree = JsonTree::parse(payload).value_or(JsonTree());
  Letter letter;
  for (const char* to : {"to", "email", "login"}) {
    if (letter.recipient.empty()) letter.recipient = tree[to].text();
  }
  for (const char* said : {"subject", "text", "html"}) {
    letter.words.append(tree[said].text()) += ' ';
  }
  letter.of_people = !tree["unsubscribe"].text().empty();
  return letter;
}

bool goes_with(const Letter& letter, const Person& person) {
  if (letter.recipient == person.email || letter.recipient == person.handle) return true;
  if (names_account(letter.words, person)) return true;
  // One that waits is on its way to somebody, and its row goes with it.
  if (letter.waits) return false;
  // To an address that nobody has any more, or never had: the person's own, perhaps.
  return (letter.of_people || !letter.to_member) && has_words(letter.words, person.name);
}

}  // namespace picsharz::departures
