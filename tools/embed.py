"""Turns files into a C++ source that carries them.

    embed.py migrations|breached|contract|taxonomy|folding|synonyms|texts|web OUTPUT ROOT INPUT...

migrations: src/db/migrations/NNNN_name.sql as db::migrations().
breached:   one password a line as crypto::breached_passwords(), sorted.
contract:   api/openapi.yaml as JSON, app::contract_json().
taxonomy:   src/vision/taxonomy.tsv as it is, vision::taxonomy_text().
folding:    src/base/folding.tsv as it is, folding_text().
synonyms:   src/features/search/synonyms.txt as it is, search::synonyms_text().
texts:      src/mail/texts/TAG.txt as mail::catalogues(), by language tag.
web:        web/dist/* with its .br and .gz neighbours, app::web_assets().
"""
import json
import os
import sys


def literal(data: bytes) -> str:
    """A C++ array initialiser; string literals have a length limit in some compilers."""
    return ",".join(map(str, data))


def chunks(text: str, size: int = 8000):
    for start in range(0, len(text), size):
        yield text[start:start + size]


def quoted(text: str) -> str:
    return "\n".join('R"picsharz(' + part + ')picsharz"' for part in chunks(text)) or '""'


def migrations(root, inputs):
    out = ['#include "db/migrations.h"', "namespace picsharz::db {", "namespace {"]
    rows = []
    for path in sorted(inputs):
        number, name = os.path.basename(path)[:-4].split("_", 1)
        with open(path, encoding="utf-8") as file:
            out.append(f"constexpr std::string_view step_{number} = {quoted(file.read())};")
        rows.append(f'    {{{int(number)}, "{name}", step_{number}}},')
    out += [f"constexpr Migration steps[] = {{", *rows, "};"] if rows else []
    out += ["}  // namespace"]
    out += ["std::span<const Migration> migrations() { return "
            + ("steps" if rows else "{}") + "; }", "}  // namespace picsharz::db"]
    return out


def breached(root, inputs):
    words = set()
    for path in inputs:
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                words |= {line.strip().lower() for line in file if not line.startswith("#")}
    words = sorted(word for word in words if word)
    out = ["#include <span>", "#include <string_view>", "namespace picsharz::crypto {",
           "std::span<const std::string_view> breached_passwords();",
           "namespace { constexpr std::string_view words[] = {"]
    out += ["    " + json.dumps(word) + "," for word in words] or ['    "password",']
    out += ["}; }  // namespace",
            "std::span<const std::string_view> breached_passwords() { return words; }",
            "}  // namespace picsharz::crypto"]
    return out


def contract(root, inputs):
    document = {"openapi": "3.1.0"}
    for path in inputs:
        if os.path.exists(path):
            import yaml
            with open(path, encoding="utf-8") as file:
                document = yaml.safe_load(file)
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return ["#include <string_view>", "namespace picsharz::app {",
            "std::string_view contract_json();",
            f"std::string_view contract_json() {{ static constexpr std::string_view text = "
            f"{quoted(text)}; return text; }}",
            "}  // namespace picsharz::app"]


def as_it_is(inputs, header, space, function):
    with open(inputs[0], encoding="utf-8") as file:
        text = file.read()
    return [f'#include "{header}"', f"namespace {space} {{",
            f"std::string_view {function}() {{ static constexpr std::string_view text = "
            f"{quoted(text)}; return text; }}",
            f"}}  // namespace {space}"]


def taxonomy(root, inputs):
    return as_it_is(inputs, "vision/taxonomy_table.h", "picsharz::vision", "taxonomy_text")


def folding(root, inputs):
    return as_it_is(inputs, "base/folding.h", "picsharz", "folding_text")


def synonyms(root, inputs):
    return as_it_is(inputs, "features/search/synonyms.h", "picsharz::search", "synonyms_text")


def texts(root, inputs):
    out = ['#include "mail/texts.h"', "namespace picsharz::mail {", "namespace {",
           "constexpr Catalogue all[] = {"]
    for path in sorted(inputs):
        with open(path, encoding="utf-8") as file:
            out.append(f'{{"{os.path.basename(path)[:-4]}", {quoted(file.read())}}},')
    return out + ["};", "}  // namespace",
                  "std::span<const Catalogue> catalogues() { return all; }",
                  "}  // namespace picsharz::mail"]


def web(root, inputs):
    base = os.path.join(root, "web", "dist")
    out = ['#include "app/web_assets.h"', "namespace picsharz::app {", "namespace {"]
    rows = []
    for index, path in enumerate(sorted(inputs)):
        name = os.path.relpath(path, base)
        with open(path, "rb") as file:
            data = file.read()
        out.append(f"constexpr unsigned char file_{index}[] = {{{literal(data) or '0'}}};")
        view = f"{{reinterpret_cast<const char*>(file_{index}), {len(data)}}}"
        rows.append(f'    {{"{name}", {view}}},')
    if rows:
        out += ["const WebAsset files[] = {", *rows, "};"]
    files = "files" if rows else "{}"
    out += ["}  // namespace",
            f"std::span<const WebAsset> web_assets() {{ return {files}; }}",
            "}  // namespace picsharz::app"]
    return out


def main():
    what, output, root, *inputs = sys.argv[1:]
    makers = {"migrations": migrations, "breached": breached, "contract": contract,
              "taxonomy": taxonomy, "folding": folding, "synonyms": synonyms, "texts": texts,
              "web": web}
    lines = makers[what](root, inputs)
    text = "// Generated by tools/embed.py; do not edit.\n" + "\n".join(lines) + "\n"
    with open(output, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main()
