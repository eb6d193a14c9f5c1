# SPDX-License-Identifier: Apache-2.0
"""Faults that mk/make-words --check must notice, each planted into a small tree of its own."""

import json
import subprocess
import tempfile
from pathlib import Path

LANGS = ["en", "de", "fr", "es", "pt", "ja", "ar"]
CODE = 'a = words_text(lang, WORD_X_PLAIN); b = words_fill(lang, WORD_X_FILLED, "who", name, NULL);\n'
GOOD = {"plain": "Text", "filled": "Hello {who}"}


# What is planted: the German catalogue, all others, the code.
FAULTS = {
    "nothing": (GOOD, GOOD, CODE),
    "a missing key": ({"plain": "Text"}, GOOD, CODE),
    "an unknown key": ({**GOOD, "more": "Text"}, GOOD, CODE),
    "an empty text": ({**GOOD, "plain": " "}, GOOD, CODE),
    "a text that is none": ({**GOOD, "plain": 5}, GOOD, CODE),
    "another placeholder": ({**GOOD, "filled": "Hallo {wer}"}, GOOD, CODE),
    "a placeholder too few": ({**GOOD, "filled": "Hallo"}, GOOD, CODE),
    "a brace alone": ({**GOOD, "plain": "Te{xt"}, GOOD, CODE),
    "an unused key": ({**GOOD, "more": "Text"}, {**GOOD, "more": "Text"}, CODE),
    "a value that no text wants": (GOOD, GOOD, CODE + 'c = words_fill(lang, WORD_X_PLAIN, "who", name, NULL);\n'),
    "a value under another name": (GOOD, GOOD, CODE.replace('"who"', '"whom"')),
    "a mark without its value": (GOOD, GOOD, CODE + "c = words_mark(WORD_X_FILLED, NULL);\n"),
    "a text with placeholders unfilled": (GOOD, GOOD, CODE + "c = words_text(lang, WORD_X_FILLED);\n"),
}


def is_clean(root, tree, german, others, code):
    folder = tree / "c-core/words"
    folder.mkdir(parents=True)
    for lang in LANGS:
        (folder / f"x.{lang}.json").write_text(json.dumps(german if lang == "de" else others))
    (tree / "c-core/x.c").write_text(code)
    return subprocess.run([root / "mk/make-words", "--check", tree], capture_output=True).returncode == 0


def words_unnoticed(root):
    for name, planted in FAULTS.items():
        with tempfile.TemporaryDirectory() as tree:
            if is_clean(root, Path(tree), *planted) != (name == "nothing"):
                yield f"mk/make-words --check: judges {name} wrongly"
