"""A21, the static rule: SQL that is put together while the program runs does not compile.

Each line is a way to bring a stranger's text into a statement. The compiler itself says no to it;
the first ones show that what is refused is the text and not the line around it.
"""
import os
import pathlib
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMPILER = os.environ.get("CXX") or shutil.which("g++-12") or shutil.which("g++")
SOURCE = """
#include <string>
#include "db/database.h"
namespace picsharz {{
void f(db::Tx& tx, const std::string& typed, const char* pointer) {{
  const std::string_view view(typed);
  char array[20] = "SELECT 1";
  array[7] = typed[0];
  (void)pointer; (void)view;
  {line}
}}
}}
"""
LITERALS = "\n".join(('tx.exec("DELETE FROM canary WHERE name = $1", typed);',
            'tx.exec({"SELECT json_each($1)", "SELECT CAST($1 AS TEXT)"}, typed);',
            '#define TABLE "canary"\n  tx.exec("DELETE FROM " TABLE);\n'))
REFUSED = {
    "a string": "tx.exec(typed);",
    "a concatenation": 'tx.exec("DELETE FROM canary WHERE name = \'" + typed + "\'");',
    "a view": "tx.exec(view);",
    "a pointer": "tx.exec(pointer);",
    "the text of a string": "tx.exec(typed.c_str());",
    "an array that changes": "tx.exec(array);",
    "a statement of one's own": "const db::Sql sql(array); tx.exec(sql);",
    "one engine's": 'tx.exec({"SELECT 1", array});',
    "all rows": 'tx.all(typed, [](const db::Row& row) { return row.integer(0); });',
    "one row": 'tx.one(array, [](const db::Row& row) { return row.integer(0); });',
}


def compiles(line):
    run = subprocess.run([COMPILER, "-std=c++2b", "-fsyntax-only", "-x", "c++", "-I",
                          str(ROOT / "src"), "-"], input=SOURCE.format(line=line), text=True,
                         capture_output=True)
    return run.returncode == 0, run.stderr


@pytest.fixture(autouse=True)
def compiler():
    if not COMPILER:
        pytest.skip("there is no C++ compiler")


def test_a21_literals_compile():
    good, said = compiles(LITERALS)
    assert good, said


@pytest.mark.parametrize("name", REFUSED)
def test_a21_text_of_the_running_program_does_not(name):
    good, said = compiles(REFUSED[name])
    assert not good
    # For this reason, and not for a slip in the line.
    assert any(word in said for word in ("could not convert", "cannot convert", "not a constant",
                                         "no matching function", "is not usable")), said
