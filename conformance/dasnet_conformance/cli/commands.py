"""The table of commands: the module behind each, its line in the overview, and the group in which it stands.

No command is imported here: the overview, completion and the pages read the table alone.
"""

from __future__ import annotations

from typing import Final

#: Command -> (module in this package, one line for the help).
COMMANDS: Final = {
    "run": ("run_command", "judge an implementation, requirement by requirement"),
    "doctor": ("doctor_command", "check a driver by itself, before its port is judged"),
    "new-driver": ("new_driver_command", "write a driver's skeleton, in one of eight languages"),
    "list": ("list_command", "list the requirements"),
    "stability": ("stability_command", "repeat a run, and compare the verdicts"),
    "explore": ("explore_command", "play random conversations in lockstep with a model"),
    "replay": ("replay_command", "play a script that explore saved"),
    "prove": ("prove_command", "run wrong servers, and see that each is caught"),
    "diff": ("diff_command", "where two implementations part, step by step"),
    "drift": ("drift_command", "compare a documentation page with the catalogue"),
    "baseline": ("baseline_command", "write or update the list of known failures"),
    "verify-report": ("verify_report_command", "check that a report is as it was written"),
    "merge": ("merge_command", "put the shards of a run or a proof together"),
    "matrix": ("matrix_command", "many runs side by side, as a page"),
    "compare": ("compare_command", "what changed between two runs"),
    "explain": ("explain_command", "all about one requirement: text, clauses, check"),
    "init-ci": ("init_ci_command", "write a CI job: GitHub, GitLab or tox"),
    "version": ("version_command", "this dasnet; --verbose: what an issue report needs"),
    "completion": ("completion_command", "write completion for bash, zsh or fish"),
}

#: What one wants -> the commands for it, in the order in which the overview and the pages show them.
GROUPS: Final = {
    "judge": ("run", "stability"),
    "understand": ("list", "explain", "diff", "drift"),
    "gate": ("baseline", "compare", "merge", "matrix", "verify-report", "init-ci"),
    "drivers": ("new-driver", "doctor"),
    "prove": ("prove", "explore", "replay"),
    "shell": ("completion", "version"),
}

#: Those that begin a run at once, in a child that can start meanwhile.
JUDGING: Final = ("run",)

#: The one command without a file of its own: it only shows what the others say of themselves.
HELP: Final = "help"
_HELP_TOLD: Final = "the options of a command"


def grouped() -> dict[str, list[str]]:
    """Every command, `help` among them, by group; one that no group names stands in the last."""
    groups = {title: [name for name in names if name in COMMANDS] for title, names in GROUPS.items()}
    named = {name for names in groups.values() for name in names}
    groups["shell"] += [*(name for name in COMMANDS if name not in named), HELP]
    return groups


def told(name: str) -> str:
    """The line of a command in the overview."""
    return _HELP_TOLD if name == HELP else COMMANDS[name][1]
