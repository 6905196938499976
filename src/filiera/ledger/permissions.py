from enum import StrEnum

from filiera.organisations.permissions import register


class Permission(StrEnum):
    LEDGER_VIEW = "ledger.view"
    LEDGER_IMPORT = "ledger.import"


def register_own() -> None:
    register(
        "ledger",
        {Permission.LEDGER_VIEW: ("manager", "staff"), Permission.LEDGER_IMPORT: ("manager",)},
    )
