"""Every mutant mutmut makes of a module, as JSON on standard output; run by the Python mutmut is installed in.

    python making.py MODULE EVERY

Of each EVERYth, a list of {"line", "function", "was", "became", "code"}: where it is, the function it is in ("" where
it is in none), the expression before and after, and the whole module as it then reads.
"""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import libcst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.file_mutation import MutationVisitor
from mutmut.mutation.mutators import mutation_operators, operator_string
from mutmut.mutation.pragma_handling import IgnoredCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def _one_string(node: libcst.BaseString) -> Iterable[libcst.BaseString]:
    """A name spoilt once, not in three spellings; a sentence for people, which has a space in it, not at all."""
    return [] if " " in getattr(node, "value", " ") else list(operator_string(node))[:1]


OPERATORS = [(kind, _one_string if made is operator_string else made) for kind, made in mutation_operators]


def functions(code: str) -> Iterator[tuple[int, int, str]]:
    """First line, last line and name of each function and method that is in no other function."""
    for one in ast.parse(code).body:
        members = one.body if isinstance(one, ast.ClassDef) else [one]
        prefix = f"{one.name}." if isinstance(one, ast.ClassDef) else ""
        for member in members:
            if isinstance(member, ast.FunctionDef):
                yield member.lineno, member.end_lineno or member.lineno, prefix + member.name


def for_types(code: str) -> set[int]:
    """The lines that only a type checker reads, and holds us to.

    What is under `if TYPE_CHECKING`, a call of cast, a type by another name (`A | B` outside of any function), and a
    decorator of a class, such as that it is frozen.
    """
    tree = ast.parse(code)
    found: list[ast.expr | ast.stmt] = [it for it in tree.body if isinstance(it, ast.Assign) and _is_type(it.value)]
    for node in ast.walk(tree):
        checking = isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"
        casting = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "cast"
        if isinstance(node, ast.If | ast.Call) and (checking or casting):
            found.append(node)
        elif isinstance(node, ast.ClassDef):
            found += node.decorator_list
    return {line for one in found for line in range(one.lineno, (one.end_lineno or one.lineno) + 1)}


def _is_type(value: ast.expr) -> bool:
    return isinstance(value, ast.BinOp) and isinstance(value.op, ast.BitOr)


def mutants(path: Path, every: int) -> Iterator[dict[str, Any]]:
    """Each Nth mutant of this module; mutmut itself leaves out docstrings and annotations."""
    code = path.read_text(encoding="utf-8")
    wrapper = MetadataWrapper(libcst.parse_module(code))
    visitor = MutationVisitor(OPERATORS, IgnoredCode(set(), set(), set()))
    module, places = wrapper.visit(visitor), wrapper.resolve(PositionProvider)
    spans, left_out = list(functions(code)), for_types(code)
    made = [(places[one.original_node].start.line, one) for one in visitor.mutations]
    for line, one in [(line, one) for line, one in made if line not in left_out][::every]:
        became = module.deep_replace(one.original_node, one.mutated_node)
        if not _loads(became.code):
            continue
        inside = next((name for first, last, name in spans if first <= line <= last), "")
        yield {
            "line": line,
            "function": inside,
            "was": module.code_for_node(one.original_node),
            "became": module.code_for_node(one.mutated_node),
            "code": became.code,
        }


def _loads(code: str) -> bool:
    try:
        ast.parse(code)
    except SyntaxError:
        return False
    return True


if __name__ == "__main__":
    json.dump(list(mutants(Path(sys.argv[1]), int(sys.argv[2]))), sys.stdout)
