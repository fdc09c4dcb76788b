"""Account quotas: a territory carries the quotas of its accounts, and an account that moves takes its quota along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.quota_entries import Entries, QuotaMechanic, QuotaRun, Row, amount_words

_ANY = "components: [{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 1%}}]}]"
_ACCOUNTS = "account | territory\nAcme | North\nBolt | North\nCrux | South"
_QUOTAS = "account | period | quota\nAcme | 2026-Q2 | 9,100.00 EUR\nBolt | 2026-Q2 | 1,000.00 EUR\nCrux | 2026-Q2 | 500.00 EUR"


def _plan(reading: str) -> str:
    return f"conventions: {{rounding: exact, quota.account_move: {reading}}}\nquota: [account quotas]\n{_ANY}"


@mechanic(
    "A territory carries the quotas of its accounts; when an account moves, its quota moves with it by days, or stays for the period.",
    examples=(
        Example(
            "Without a move: the sum of the accounts",
            _plan("moves pro rata"),
            {"accounts": _ACCOUNTS, "account_quotas": _QUOTAS},
            "",
            quotas="North | 2026-Q2 | 10,100.00 EUR\nSouth | 2026-Q2 | 500.00 EUR",
        ),
        Example(
            "Acme moves on 1 June: 61 days to 31 May for North, 30 days for South, of 91",
            _plan("moves pro rata"),
            {
                "accounts": _ACCOUNTS,
                "account_quotas": _QUOTAS,
                "account_moves": "account | territory | from\nAcme | South | 2026-06-01",
            },
            "",
            quotas="North | 2026-Q2 | 7,100.00 EUR\nSouth | 2026-Q2 | 3,500.00 EUR",
            source="by hand, after https://docs.salesplanning.varicent.com/en/managing-your-planning-cycle/managing-account-quotas/scheduling-account-and-quota-moves.html",
        ),
        Example(
            "The quota stays for the period in which the account moves",
            _plan("stays"),
            {
                "accounts": _ACCOUNTS,
                "account_quotas": _QUOTAS,
                "account_moves": "account | territory | from\nAcme | South | 2026-06-01",
            },
            "",
            quotas="North | 2026-Q2 | 10,100.00 EUR\nSouth | 2026-Q2 | 500.00 EUR",
        ),
        Example(
            "There and back again makes three intervals: 30 + 21 of 91 days are North's",
            _plan("moves pro rata"),
            {
                "accounts": _ACCOUNTS,
                "account_quotas": "account | period | quota\nAcme | 2026-Q2 | 9,100.00 EUR",
                "account_moves": "account | territory | from\nAcme | South | 2026-05-01\nAcme | North | 2026-06-10",
            },
            "",
            quotas="North | 2026-Q2 | 5,100.00 EUR\nSouth | 2026-Q2 | 4,000.00 EUR",
        ),
    ),
    formula="territory quota = sum over its accounts of account quota x (days in the territory / days of the period)",
    boundary="A move on a day closes the old interval on the day before; both ends of an interval count.  A move on the first day of a "
    "period moves the whole quota.",
    sources=(
        "https://docs.salesplanning.varicent.com/en/managing-your-planning-cycle/managing-account-quotas/scheduling-account-and-quota-moves.html",
        "https://docs.salesplanning.varicent.com/en/managing-your-planning-cycle/managing-account-quotas.html",
    ),
    words={"Varicent": "account quota move", "Optymyze": "effective-dated territory"},
)
@dataclass(frozen=True)
class AccountQuotas(QuotaMechanic):
    """Of the tables account_quotas, accounts and account_moves."""

    def needs(self) -> tuple[str, ...]:
        return ("quota.account_move",)

    def quotas(self, entries: Entries, run: QuotaRun) -> Entries:
        table, accounts, moves = (run.world.table(n) for n in ("account_quotas", "accounts", "account_moves"))
        amounts = table.amounts("quota")
        home = dict(
            zip(accounts.words("account").tolist(), accounts.words("territory").tolist(), strict=True)
        )
        moved: dict[str, list[tuple[date, str]]] = {}
        for row, account in enumerate(moves.words("account").tolist()):
            moved.setdefault(account, []).append(
                (moves.days("from")[row].astype(object), str(moves.words("territory")[row]))
            )
        stays = run.plan.conventions["quota.account_move"] == "stays"
        totals: dict[tuple[str, int, str], tuple[Fraction, list[str], int]] = {}
        for row, account in enumerate(table.words("account").tolist()):
            code = run.labelled(str(table.words("period")[row]), table.where(row))
            if code is None:
                continue
            if not home.get(account):
                run.problem(
                    "no-territory",
                    f'the account "{account}" has no territory.',
                    table.where(row),
                    "Nobody would carry its quota.",
                    "Add it to accounts, with its territory.",
                )
                continue
            period = run.periods[code]
            changes = sorted([(date.min, home[account]), *moved.get(account, [])])
            unit = str(amounts.currency[row]) if amounts.currency is not None else ""
            for i, (start, territory) in enumerate(changes):
                end = changes[i + 1][0] - timedelta(days=1) if i + 1 < len(changes) else date.max
                first, last = max(start, period.first), min(end, period.last)
                if last < first or (stays and first != period.first):
                    continue
                days = (last - first).days + 1
                share = Fraction(1) if stays else Fraction(days, period.days)
                of_days = "" if share == 1 else f" for {days} of {period.days} days"
                key = (territory, code, unit)
                so_far, words, where = totals.get(key, (Fraction(0), [], run.place(table.where(row))))
                words.append(f"{amount_words(amounts.value.at(row), unit)} of {account}{of_days}")
                totals[key] = so_far + amounts.value.at(row) * share, words, where
        new = [
            Row(run.holder(t), code, amount, unit, "", where, " + ".join(words))
            for (t, code, unit), (amount, words, where) in totals.items()
        ]
        return Entries.joined([entries.kept(), run.rows(new)])
