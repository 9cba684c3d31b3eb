"""The prediction tasks: each is a file here and a line in TASKS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphlead.core.registry import entry_of, loaded

if TYPE_CHECKING:
    from graphlead.core.contracts import Task

TASKS = {"leads": "graphlead.tasks.leads:LEADS"}
"""``module:name`` of each task, imported when it is used."""


def task_of(name: str) -> Task:
    """The task with this name. Raises SettingsError, with the name probably meant, when there is none."""
    task: Task = loaded(entry_of(TASKS, name, "task", "task"))
    return task
