"""The fixture ``make_register`` as tests name its type; each folder of tests has one of its own."""

from __future__ import annotations

from collections.abc import Callable

from graphlead.core.register import Register

MakeRegister = Callable[..., Register]
