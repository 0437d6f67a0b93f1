"""Imports run one way, each library has its door, and the checking side shares nothing with the building side.

All of it is read from the syntax trees, so that an import inside a function counts too.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted(path for folder in ("models", "planner") for path in (ROOT / folder).rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}


def module_of(path: Path) -> str:
    """`models/rules/cover.py` → `models.rules.cover`."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Module and name (empty for `import module`) of every import in a tree."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from ((node.module or "", alias.name) for alias in node.names)


IMPORTS = {module_of(path): list(imported(tree)) for path, tree in TREES.items()}


def libraries(module: str) -> set[str]:
    """The top-level packages that a module imports, without the standard library."""
    return {name.split(".")[0] for name, _ in IMPORTS[module]} - set(sys.stdlib_module_names)


def test_models_imports_only_pyomo_and_pydantic() -> None:
    for module in IMPORTS:
        if module.split(".")[0] == "models":
            assert libraries(module) <= {"models", "pyomo", "pydantic", "annotated_types"}, module


def test_records_are_plain() -> None:
    """What the reader, the template and the reference page need is there without Pyomo."""
    for module in (*(name for name in IMPORTS if name.startswith("models.records")), "models.case", "models.calendar"):
        assert "pyomo" not in libraries(module), module


def parts() -> dict[str, set[str]]:
    """For each part of the planner, a file or folder at its top, the parts that it imports."""
    graph: dict[str, set[str]] = {}
    for module, found in IMPORTS.items():
        if module.startswith("planner."):
            part = module.split(".")[1]
            needs = graph.setdefault(part, set())
            for name, what in found:
                if name.split(".")[0] == "planner":
                    needs.add(name.split(".")[1] if "." in name else what)
            needs.discard(part)
    return graph


def test_parts_of_the_planner_import_each_other_one_way() -> None:
    """No circle, the pipeline under the command line alone, findings above everything."""
    graph = parts()
    order = list(TopologicalSorter(graph).static_order())
    assert not graph["findings"] and graph["workbook"] <= {"findings"} and graph["engine"] <= {"findings"}
    assert {part for part, needs in graph.items() if "pipeline" in needs} == {
        "cli",
        "cli_carry",
        "cli_nightly",
        "cli_risk",
        "cli_words",
    }
    assert {part for part, needs in graph.items() if "cli" in needs} == {"__main__"}
    for stage in ("workbook", "validate", "engine", "verify", "explain"):
        assert order.index(stage) < order.index("pipeline") < order.index("cli")
        assert not graph[stage] & {"pipeline", "cli"}


DOORS = {
    "openpyxl": ("planner.workbook", "planner.template", "planner.report", "planner.charts"),
    "python_calamine": ("planner.workbook",),
    "highspy": ("planner.engine",),
    "click": ("planner.cli", "planner.cli_words"),
    "sqlalchemy": ("planner.archive",),
    "alembic": ("planner.archive",),
    "plotille": ("planner.archive",),
    "pyomo": ("models", "planner.engine.compiler"),
}


@pytest.mark.parametrize("library", DOORS)
def test_each_library_has_its_door(library: str) -> None:
    users = {module for module in IMPORTS if library in libraries(module)}
    assert users, "the library is used"
    assert {module for module in users if not module.startswith(DOORS[library])} == set()


def modules_after(statement: str) -> set[str]:
    """The top-level packages that a fresh interpreter has loaded after a statement."""
    program = f"import sys\n{statement}\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split()[-5000:])


def test_help_loads_nothing_heavy() -> None:
    call = "assert not CliRunner().invoke(cli, ['--help']).exit_code"
    help_page = f"from click.testing import CliRunner\nfrom planner.cli import cli\n{call}"
    assert not modules_after(help_page) & {"pyomo", "pandas", "numpy", "openpyxl", "highspy", "pydantic"}


def test_the_solvers_process_loads_neither_pyomo_nor_pandas() -> None:
    assert not modules_after("import planner.engine.highs") & {"pyomo", "pandas", "openpyxl", "pydantic"}


# The checking side

BUILDING = (
    "bounds",
    "effects",
    "build",
    "landed_cost",
    "ledgers",
    "limits",
    "losses",
    "measure",
    "needs",
    "origins",
    "schedule",
    "skeleton",
    "slots",
    "surplus",
)
CHECKING = (
    "models.course",
    "models.courses",
    "models.shocked",
    "models.outcomes",
    "models.audit",
    "models.classes",
    "models.membership",
    "models.plan",
    "models.assess",
    "models.rules.policy.assess",
    "models.rules.policy.parts",
    "models.settlements",
    "models.rules.n1_cover.survival",
)


def is_building(module: str) -> bool:
    return module.startswith("models.") and module.split(".")[-1] in BUILDING


@pytest.mark.parametrize("module", CHECKING)
def test_checking_modules_import_nothing_of_the_building_side(module: str) -> None:
    assert not [name for name, what in IMPORTS[module] if is_building(name) or is_building(f"{name}.{what}")]


def test_verification_imports_nothing_of_the_building_side() -> None:
    for module in ("planner.verify", "planner.plan_reader"):
        assert not [name for name, what in IMPORTS[module] if is_building(name) or is_building(f"{name}.{what}")]


RULES = [path for path in SOURCES if (ROOT / "models" / "rules") in path.parents]


def functions(tree: ast.Module) -> dict[str, ast.FunctionDef]:
    """The functions and methods of a module, by name."""
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def nodes(function: ast.FunctionDef, kind: type[ast.AST]) -> Iterator[ast.AST]:
    """The nodes of a kind in a function's body; annotations do not count."""
    return (node for statement in function.body for node in ast.walk(statement) if isinstance(node, kind))


def reached(tree: ast.Module, *entries: str) -> set[str]:
    """Every plain name that some functions of a module use, also through its other functions and methods."""
    own = functions(tree)
    waiting, seen, used = [name for name in entries if name in own], set(entries), set()
    while waiting:
        function = own[waiting.pop()]
        names = {node.id for node in nodes(function, ast.Name)}
        used |= names
        called = names | {node.attr for node in nodes(function, ast.Attribute)}
        fresh = (called & own.keys()) - seen
        seen |= fresh
        waiting += fresh
    return used


@pytest.mark.parametrize("path", RULES, ids=lambda path: module_of(path))
def test_checks_and_charges_use_nothing_of_the_building_side(path: Path) -> None:
    tree = TREES[path]
    building = {what for name, what in imported(tree) if is_building(name)}
    building |= {what for name, what in imported(tree) if is_building(f"{name}.{what}")}
    assert not reached(tree, "check", "charges") & building


@pytest.mark.parametrize("path", RULES, ids=lambda path: module_of(path))
def test_checks_and_charges_share_no_helper_with_the_building_side(path: Path) -> None:
    tree = TREES[path]
    building, checking = reached(tree, "declare", "contribute", "constrain"), reached(tree, "check", "charges")
    assert not building & checking & functions(tree).keys()


def test_the_walk_finds_what_it_looks_for() -> None:
    """A helper's helper that uses `needs` is found; one that only the building side uses is not."""
    tree = ast.parse(
        "from models import needs\n"
        "class R:\n"
        "    def constrain(self, m: 'X'):\n        return needs.floor\n"
        "    def check(self):\n        return self._one()\n"
        "    def _one(self):\n        return two()\n"
        "def two():\n    return needs.target\n"
    )
    assert "needs" in reached(tree, "check") and "needs" not in reached(tree, "charges")


def test_every_package_is_in_the_wheel() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    found = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for top in ("models", "planner")
        for path in (ROOT / top).rglob("__init__.py")
    }
    assert found == {name for name in listed if name != "planner_examples"}
