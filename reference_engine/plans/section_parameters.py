"""Every question that money hangs on, and where a plan or its data answers it: none is answered by a silent default."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Asked:
    """A question and where it is answered.

    name: in the field.  conventions: by name.  mechanics: family and name, where choosing the mechanic is the answer.
    parameters: family, mechanic and parameter.  columns: table and column.  says: what else is to be said.
    """

    name: str
    question: str
    conventions: tuple[str, ...] = ()
    mechanics: tuple[tuple[str, str], ...] = ()
    parameters: tuple[tuple[str, str, str], ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    says: str = ""

    def words(self, link: Callable[[str, str], str]) -> str:
        """Where it is answered, as Markdown.  link: makes a link of a family and a mechanic."""
        parts = [f"convention [`{n}`](#{n.replace('.', '').replace(' ', '-')})" for n in self.conventions]
        if self.mechanics:
            parts.append("the choice of the mechanic: " + ", ".join(link(f, n) for f, n in self.mechanics))
        parts += [f"parameter `{p}` of {link(f, n)}" for f, n, p in self.parameters]
        parts += [f"column `{column}` of the table {table}" for table, column in self.columns]
        if self.says:
            parts.append(self.says)
        return "; ".join(parts)


ASKED: tuple[Asked, ...] = (
    # -- crediting --------------------------------------------------------------------------------------
    Asked(
        "credit.rule",
        "Who is credited when a record names its owner and matches a rule, or several rules?",
        ("credit.preassigned", "match.precedence"),
    ),
    Asked(
        "territory",
        "Who holds a territory, and on which day?",
        ("territory.date", "territory.precedence"),
        columns=(("territories", "owner"),),
    ),
    Asked(
        "split.shares",
        "How is the credit of a deal shared, and that of the quota?",
        columns=(("credit_splits", "share"), ("credit_splits", "quota share")),
    ),
    Asked(
        "split.when",
        "Is a deal divided before its rate is found, or the commission after it?",
        ("split.when",),
    ),
    Asked("split.residue", "Who gets the cent that rounded shares leave?", ("split.residue",)),
    Asked(
        "rollup.as_of",
        "Whose manager is credited when reporting lines change?",
        ("rollup.as_of",),
        columns=(("reporting_lines", "from"),),
    ),
    Asked(
        "rollup.duplicates",
        "Does somebody who is reached by two routes count twice, and do own sales roll up?",
        ("rollup.duplicates", "rollup.own_sales"),
    ),
    Asked(
        "credit.maximum",
        "How much indirect credit may one record give, and which is cut?",
        ("maximum.order",),
        columns=(("credit_maximums", "percent"),),
    ),
    Asked(
        "credit.hold",
        "Does held credit count, and in which period is it paid?",
        ("hold.attainment", "hold.period"),
    ),
    Asked(
        "credit.outside",
        "Does credit count that is dated outside employment or on leave?",
        ("credit.outside_employment", "leave.credits"),
    ),
    # -- measures and quotas ----------------------------------------------------------------------------
    Asked(
        "tier.accumulate",
        "Over which time does the value that picks the tier add up?",
        ("tier.accumulate",),
        says="`accumulate` of a measure",
    ),
    Asked(
        "tier.input",
        "What picks the tier?",
        says="the form of its bounds: percents are attainment of quota, amounts are money, plain numbers are units; its rounding is `rounding` at `attainment`",
    ),
    Asked(
        "attainment.includes_current",
        "Does a record count itself when it looks up its tier?",
        ("attainment.includes_current",),
    ),
    Asked(
        "transaction.order",
        "In which order do records count that change the rate of the next?",
        ("transaction.order",),
    ),
    Asked(
        "quota.zero",
        "What is the attainment of a quota of zero, and of none?",
        ("quota.zero", "quota.explicit_zero"),
        says="a payee who sells and has no quota at all is a Problem",
    ),
    Asked(
        "quota.parts",
        "How is a quota spread, and which part takes what rounding leaves?",
        ("quota.residue",),
        (("quota", "distribution"), ("quota", "top down")),
    ),
    Asked(
        "quota.changes",
        "In which order do growth, relief, ramp and adjustment count, and does a quota move with its account?",
        ("quota.relief", "quota.seller_order", "quota.account_move"),
    ),
    Asked("returns.count", "Does a return undo the count of its sale?", ("returns.count",)),
    Asked(
        "revenue.first_month", "How is the first month of a contract recognised?", ("revenue.first_month",)
    ),
    # -- earning ----------------------------------------------------------------------------------------
    Asked(
        "tier.bound",
        "What does a value exactly on the bound of two tiers earn?",
        ("tier.bound",),
        says="a condition (`gate`, `bonus`) states its own `<`, `<=`, `>` or `>=`",
    ),
    Asked("tier.gap", "What does a value between two printed tiers earn?", ("tier.gap",)),
    Asked(
        "tier.method",
        "How does a table of tiers pay?",
        mechanics=(
            ("earning", "marginal"),
            ("earning", "retroactive"),
            ("earning", "brackets"),
            ("earning", "whole transaction"),
            ("earning", "proportional"),
            ("earning", "curve"),
            ("earning", "step curve"),
        ),
    ),
    Asked("curve.below", "What does an attainment below the first point of a curve pay?", ("curve.below",)),
    Asked("curve.above", "What does an attainment above the last point pay?", ("curve.above",)),
    Asked(
        "lookup.precedence",
        "Which rate counts when several rules match, and of which day?",
        ("lookup.precedence", "rate.date"),
    ),
    Asked("returns.earn", "What does a return or a credit note earn?", ("returns.earn",)),
    Asked("gate.scope", "Which components does a gate close?", says="those under whose `earn:` it stands"),
    Asked(
        "gate.operator",
        "Is a gate open exactly on its bound?",
        parameters=(("earning", "gate", "when"),),
        says="its condition states the comparison",
    ),
    Asked(
        "contest.ties",
        "What do equal ranks get, and who takes what a pool leaves?",
        ("contest.ties", "pool.residue"),
    ),
    # -- paying -----------------------------------------------------------------------------------------
    Asked(
        "cap.level",
        "What is capped: each line, a deal, a component, the whole plan, and over which time?",
        parameters=(("earning", "cap", "per"), ("paying", "cap", "per")),
        says="under a component it caps the component, under the plan the plan",
    ),
    Asked(
        "cap.excess",
        "What happens to what is above the cap, and what is paid first?",
        ("cap.excess", "cap.order"),
    ),
    Asked("cap.split", "Is the cap of a deal that several payees share one cap or several?", ("cap.split",)),
    Asked("release.period", "In which period is a released commission paid?", ("release.period",)),
    Asked(
        "hold.count",
        "From which day does a hold count, and when does the next month of a contract begin?",
        ("hold.count", "months.count"),
    ),
    Asked(
        "collection",
        "Do discounts and write-offs count as collected?",
        ("collection.discount", "collection.write-off"),
    ),
    Asked(
        "portion.residue",
        "Which part takes the cent when a commission is paid in parts?",
        ("portion.residue",),
    ),
    Asked(
        "clawback.rate",
        "At which rate, and of what, is a commission taken back?",
        ("clawback.rate", "clawback.of"),
    ),
    Asked(
        "clawback.window",
        "How long can it be taken back, and do the last day and the month of the cancellation count?",
        ("clawback.window", "clawback.lapse"),
        parameters=(("paying", "clawback", "within days"),),
    ),
    Asked(
        "trueup.minus",
        "What is deducted at a true-up, and what happens where more was paid than is due?",
        ("trueup.minus", "trueup.negative"),
    ),
    Asked("unpaid.leaver", "What happens on leaving to what is earned and not yet paid?", ("unpaid.leaver",)),
    # -- settling ---------------------------------------------------------------------------------------
    Asked(
        "draw.type",
        "What does a draw do?",
        ("draw.type", "draw.period", "draw.partial_period"),
        columns=(("draws", "kind"),),
    ),
    Asked(
        "draw.recovery",
        "When and how much of it is taken back?",
        ("draw.recovery", "draw.delayed_surplus", "draw.first_recovery_period"),
        columns=(("draws", "recovery share"), ("draws", "recovery minimum"), ("draws", "recovery maximum")),
    ),
    Asked("draw.scope", "Which earnings count towards it?", ("draw.scope",), columns=(("draws", "covers"),)),
    Asked(
        "draw.surplus_offsets",
        "Does a good period make up for a later bad one?",
        ("draw.surplus_offsets", "draw.negative"),
    ),
    Asked(
        "guarantee",
        "Is a guarantee compared period by period or over its term?",
        ("guarantee.offset", "guarantee.excess"),
    ),
    Asked(
        "balance.negative",
        "What happens to pay below zero, and to a debt on leaving?",
        ("balance.negative", "balance.leaver"),
    ),
    Asked(
        "carry",
        "From which amount on is anything paid at all?",
        ("carry.bound", "carry.negative"),
        (("settling", "carry over"),),
    ),
    Asked(
        "adjustment.balance",
        "Do amounts entered by hand count towards draws and balances?",
        ("adjustment.balance",),
    ),
    Asked(
        "restatement",
        "What is brought forward when a closed period changes?",
        ("restatement.minus", "restatement.scope"),
    ),
    Asked("fund.claims", "What may be claimed from a fund?", ("fund.claims",)),
    # -- time and people --------------------------------------------------------------------------------
    Asked(
        "proration.basis",
        "What shrinks for a part of a period, and by what is the part measured?",
        ("proration.of", "proration.basis", "proration.partial_month"),
    ),
    Asked(
        "proration.start_day_counts",
        "Do the first and the last day count, and is the share rounded?",
        ("proration.start_day_counts", "proration.end_day_counts", "proration.factor_decimals"),
    ),
    Asked("leave", "What does a leave of absence do?", ("leave.quota", "leave.target")),
    Asked("ramp", "Which is the first month of a ramp?", ("ramp.first_month",)),
    # -- money ------------------------------------------------------------------------------------------
    Asked("fx.date", "Of which day, and of which kind, is the exchange rate?", ("fx.date", "fx.kind")),
    Asked("fx.missing_rate", "What happens where there is no exchange rate?", ("fx.missing_rate",)),
    Asked(
        "rounding",
        "Where, how and to how many decimals are amounts rounded?",
        says="[`rounding`](#rounding), an entry for each stage",
    ),
)
