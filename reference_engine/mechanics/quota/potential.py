"""Potential: a territory's quota is what its accounts can buy."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.problems import NOWHERE, Where
from reference_engine.quota_entries import Entries, QuotaMechanic, QuotaRun, Row
from reference_engine.vocabulary.numbers import Money, Percent, format_number

WHOLE = Percent(Fraction(1))
_ANY = "components: [{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 1%}}]}]"
_SIZES = "[{is: small, buys: 500.00 USD}, {is: medium, buys: 700.00 USD}, {is: large, buys: 1000.00 USD}]"
_SCRIBD = "https://www.scribd.com/presentation/445565568/Revised-MM-sales-force-pptx"


@dataclass(frozen=True, slots=True)
class Power:
    """is: the value of the account's column.  buys: what such an account buys."""

    is_: str
    buys: Money
    where: Where = field(default=NOWHERE, compare=False, kw_only=True)


def _accounts(counts: dict[str, int]) -> str:
    rows = [f"{size[0].upper()}-{i} | {size} | North" for size, n in counts.items() for i in range(n)]
    return "account | size | territory\n" + "\n".join(rows)


@mechanic(
    "The quota of a territory is the number of its accounts of each class times what such an account buys.",
    examples=(
        Example(
            "6 small, 8 medium and 2 large accounts",
            f"quota: [{{potential: {{for: FY2026, by: size, powers: {_SIZES}}}}}]\n{_ANY}",
            {"accounts": _accounts({"small": 6, "medium": 8, "large": 2})},
            "",
            quotas="North | FY2026 | 10,600.00 USD",
            source=_SCRIBD,
        ),
        Example(
            "A share of 25% of the potential is expected",
            f"quota: [{{potential: {{for: FY2026, by: size, powers: {_SIZES}, share: 25%}}}}]\n{_ANY}",
            {"accounts": _accounts({"small": 6, "medium": 8, "large": 2})},
            "",
            quotas="North | FY2026 | 2,650.00 USD",
        ),
        Example(
            "By segment; each territory for itself",
            "quota: [{potential: {for: 2026-Q1, by: segment, powers: [{is: bank, buys: 300.00 EUR}, {is: shop, buys: 20.00 EUR}]}}]\n"
            + _ANY,
            {
                "accounts": "account | segment | territory\nA | bank | North\nB | shop | North\nC | shop | South"
            },
            "",
            quotas="North | 2026-Q1 | 320.00 EUR\nSouth | 2026-Q1 | 20.00 EUR",
        ),
    ),
    formula="quota = share x sum over the classes of (accounts x what each buys)",
    boundary="An account without a territory, or of a class that isn't listed, is refused: it would be worth nothing without anybody seeing it.",
    sources=(_SCRIBD,),
    words={"marketing metrics": "sales potential"},
)
@dataclass(frozen=True)
class Potential(QuotaMechanic):
    """for: the period of the quota.  by: the column of accounts that classes them.  powers: what an account of each class
    buys.  share: of the potential."""

    for_: str
    by: str
    powers: tuple[Power, ...]
    share: Percent = WHOLE

    def labels(self) -> tuple[str, ...]:
        return (self.for_,)

    def quotas(self, entries: Entries, run: QuotaRun) -> Entries:
        period = run.labelled(self.for_, self.where)
        table = run.world.table("accounts")
        buys = {p.is_: p.buys for p in self.powers}
        units = {p.buys.currency for p in self.powers}
        if len(units) != 1:
            run.problem(
                "currency-mixed",
                '"potential" has amounts in several currencies.',
                self.where,
                "They can't be added.",
                "Write every amount in one currency.",
            )
        counts: dict[str, dict[str, int]] = {}
        for row, value in enumerate(table.words(self.by).tolist()):
            territory = str(table.words("territory")[row])
            if value not in buys or not territory:
                run.problem(
                    "quota-metric",
                    f'the account "{table.words("account")[row]}" '
                    + (
                        f'has the {self.by} "{value}", which "potential" doesn\'t list.'
                        if territory
                        else "has no territory."
                    ),
                    table.where(row),
                    "Its potential would be in no quota.",
                    "Complete the account, or the list.",
                )
                continue
            own = counts.setdefault(territory, {})
            own[value] = own.get(value, 0) + 1
        if run.problems or period is None:
            return entries
        new: list[Row] = []
        for territory, own in counts.items():
            amount = sum((n * buys[v].amount for v, n in own.items()), Fraction(0)) * self.share.value
            words = " + ".join(f"{format_number(Fraction(n))} {v} x {buys[v]}" for v, n in own.items())
            if self.share.value != 1:
                words = f"{self.share} of {words}"
            new.append(
                Row(
                    run.holder(territory), period, amount, next(iter(units)), "", run.place(self.where), words
                )
            )
        return Entries.joined([entries.kept(), run.rows(new)])
