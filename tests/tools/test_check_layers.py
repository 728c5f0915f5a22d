"""The layer check finds each kind of broken arrow in a constructed tree; a sound one is fine."""

import check_layers
import pytest


def problems(tmp_path, files):
    for name, includes in files.items():
        path = tmp_path / "src" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = ["// what", "#pragma once", *(f"#include {each}" for each in includes)]
        path.write_text("\n".join(lines) + "\n")
    return check_layers.check(tmp_path)


SOUND = {
    "main.cpp": ['"app/app.h"', "<string>"],
    "app/app.cpp": ['"features/likes/like_routes.h"', '"db/database.h"', "<toml++/toml.h>"],
    "base/json.cpp": ['"base/json.h"', "<boost/json/src.hpp>"],
    "http/connection.cpp": ['"http/server.h"', "<boost/asio/ip/tcp.hpp>", "<sys/sendfile.h>"],
    "db/sqlite_database.cpp": ['"db/database.h"', "<sqlite3.h>", "<mutex>"],
    "db/postgres_database.cpp": ["<libpq-fe.h>"],
    "vision/onnx_runtime.cpp": ['"image/image.h"', "<dlfcn.h>"],
    "image/pipeline.cpp": ["<vips/vips.h>", "<jpeglib.h>", "<webp/encode.h>"],
    "crypto/password.cpp": ["<sodium.h>", "<openssl/evp.h>"],
    "features/likes/like.h": ['"base/ids.h"', '"image/image.h"'],
    "features/likes/like_store.cpp": ['"features/likes/like.h"', '"db/database.h"'],
    "features/likes/like_service.cpp": [
        '"features/likes/like_store.h"',
        '"features/photos/photo_service.h"',
        '"jobs/queue.h"',
    ],
    "features/likes/like_routes.cpp": ['"features/likes/like_service.h"', '"http/request.h"'],
    "features/likes/like_jobs.cpp": ['"features/likes/like_service.h"', '"jobs/worker.h"'],
}


def test_a_sound_tree_has_no_problems(tmp_path):
    assert problems(tmp_path, SOUND) == []


BROKEN = [
    # rooms
    ("base/clock.cpp", '"db/database.h"', "base may include only"),
    ("http/server.cpp", '"db/database.h"', "http may include only"),
    ("crypto/crypto.cpp", '"http/request.h"', "crypto may include only"),
    ("db/migrations.cpp", '"jobs/queue.h"', "db may include only"),
    ("storage/spool.cpp", '"db/database.h"', "storage may include only"),
    ("image/probe.cpp", '"vision/classifier.h"', "image may include only"),
    ("vision/taxonomy.cpp", '"features/tags/tag.h"', "vision may include only"),
    ("jobs/worker.cpp", '"app/config.h"', "jobs may include only"),
    ("main.cpp", '"db/database.h"', "main.cpp includes only"),
    ("cellar/wine.cpp", '"base/ids.h"', "the room cellar has no arrows"),
    ("base/clock.cpp", '"clock.h"', "name it from src/"),
    # roles
    ("features/photos/photo.h", '"db/database.h"', "struct files may not include db/"),
    ("features/photos/photo_store.cpp", '"http/request.h"', "store files may not include http/"),
    ("features/photos/photo_store.cpp", '"jobs/queue.h"', "store files may not include jobs/"),
    (
        "features/photos/photo_service.cpp",
        '"http/request.h"',
        "service files may not include http/",
    ),
    ("features/photos/photo_routes.cpp", '"db/database.h"', "routes files may not include db/"),
    ("features/photos/photo_jobs.cpp", '"http/request.h"', "jobs files may not include http/"),
    (
        "features/photos/photo_routes.cpp",
        '"features/photos/photo_store.h"',
        "may not include their feature's store",
    ),
    (
        "features/photos/photo_store.cpp",
        '"features/photos/photo_service.h"',
        "may not include their feature's service",
    ),
    (
        "features/likes/like_service.cpp",
        '"features/photos/photo_store.h"',
        "another feature's store",
    ),
    # the order of features
    (
        "features/photos/photo_service.cpp",
        '"features/likes/like_service.h"',
        "photos may not know likes",
    ),
    ("features/likes/like_service.cpp", '"features/tags/tag_service.h"', "likes may not know tags"),
    ("features/wine/wine.h", '"features/wine/wine_kind.h"', "wine has no place in ORDER"),
    # vendors
    ("app/app.cpp", "<boost/asio.hpp>", "may be included only in http/"),
    ("base/json.h", "<boost/json.hpp>", "may be included only in base/"),
    ("jobs/queue.cpp", "<sqlite3.h>", "may be included only in db/"),
    ("app/cli.cpp", "<libpq-fe.h>", "may be included only in db/"),
    ("vision/taxonomy.cpp", "<vips/vips.h>", "may be included only in image/"),
    ("http/server.cpp", "<dlfcn.h>", "may be included only in vision/"),
    ("storage/spool.cpp", "<openssl/sha.h>", "may be included only in crypto/"),
    ("features/accounts/account_service.cpp", "<sodium.h>", "may be included only in crypto/"),
    ("base/log.cpp", "<toml++/toml.h>", "may be included only in app/"),
    ("base/log.cpp", "<fmt/core.h>", "has no room"),
]


@pytest.mark.parametrize("file, include, expected", BROKEN)
def test_a_broken_arrow_is_found(tmp_path, file, include, expected):
    found = problems(tmp_path, SOUND | {file: [include]})
    assert len(found) == 1
    assert found[0].startswith(f"src/{file}:3: ")
    assert expected in found[0]


def test_tests_may_include_anything(tmp_path):
    assert problems(tmp_path, {"base/clock_test.cpp": ["<gtest/gtest.h>", '"app/app.h"']}) == []


def test_an_exception_still_exists_and_is_still_needed():
    for source, target in check_layers.EXCEPTIONS:
        text = (check_layers.tree.ROOT / "src" / source).read_text()
        assert f'#include "{target}"' in text


def test_every_feature_of_the_order_is_named_once():
    names = [name for names in check_layers.ORDER for name in names]
    assert len(names) == len(set(names)) == len(check_layers.RANK)


@pytest.mark.parametrize("name, line, said", [
    ("db/migrations.cpp", "sqlite3_exec(db, text.c_str(), nullptr, nullptr, nullptr);",
     "sqlite3_exec takes any text"),
    ("db/search_index.cpp", "auto r = PQexecParams (connection, text.c_str(), 0);",
     "PQexecParams takes any text"),
    ("features/likes/like_store.cpp", "sqlite3_prepare_v2(db, sql, -1, &s, nullptr);",
     "sqlite3_prepare_v2 takes any text"),
    ("features/likes/like_store.cpp", 'tx.script("DROP TABLE " + typed);', "script() takes any"),
    ("app/cli.cpp", '#include "db/sqlite_connection.h"', "only db/ may include it"),
    ("features/likes/like_store.cpp", '#include "db/postgres_connection.h"',
     "only db/ may include it"),
])
def test_a21_text_reaches_an_engine_in_two_files_only(tmp_path, name, line, said):
    path = tmp_path / "src" / name
    path.parent.mkdir(parents=True)
    path.write_text(f"// what\n{line}\n")
    assert [said in problem for problem in check_layers.check(tmp_path)] == [True]
    engine = tmp_path / "src" / "db" / "sqlite_connection.cpp"
    engine.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("// what\n")
    engine.write_text("// what\nsqlite3_exec(db, text, nullptr, nullptr, nullptr);\n")
    assert check_layers.check(tmp_path) == []
