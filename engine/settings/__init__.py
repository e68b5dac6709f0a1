"""What can be set, where it is read from, and who may set it. Imports nothing but the standard library and msgspec.

`load(flags, environ, target, places) -> Loaded` is the one way in.
"""

from .explaining import Origin
from .keys import key_of
from .layers import variables
from .loading import Loaded, Withheld, load
from .secret import Secret
from .shape import (
    EMBEDDED,
    FOLLOWS,
    BudgetSettings,
    EmbeddedSettings,
    InterfaceSettings,
    LogSettings,
    RepairSettings,
    RoleSettings,
    RolesSettings,
    SandboxSettings,
    Settings,
    WatchSettings,
)

__all__ = [
    "EMBEDDED",
    "FOLLOWS",
    "BudgetSettings",
    "EmbeddedSettings",
    "InterfaceSettings",
    "Loaded",
    "LogSettings",
    "Origin",
    "RepairSettings",
    "RoleSettings",
    "RolesSettings",
    "SandboxSettings",
    "Secret",
    "Settings",
    "WatchSettings",
    "Withheld",
    "key_of",
    "load",
    "variables",
]
