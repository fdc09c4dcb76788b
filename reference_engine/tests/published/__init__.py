"""Published worked examples, each as a plan and tables whose result must be the number that its source prints.

Each file in `examples` is a list of examples:

    - example: its id, as in ids.txt
      title: ...
      source: the public address
      shows: what the example shows
      status: reproduced (where left out), inconsistent or out of scope (arithmetic that no plan could say)
      why: the reason, for every other status; for inconsistent: why the printed number is wrong
      rounded: figures that the source prints rounded: a list of {column, decimals, mode, why};
        decimals: a number, or "as printed" for as many as each cell shows
      plans, tables: what all cases share
      cases: one or more runs, each with
        case: a name
        plans: plan documents
        tables: standard tables, rows with |
        fiscal years: {FY2010: 2010-01-03}, as of, until: where the run needs them
        expect: payouts, lines, credits, attainments, quotas, balances, figures: rows with |
          total: of all payouts
          problems: a list of {slug, says} where trueup must refuse to calculate

A column "published X" beside a column X holds the number that an inconsistent source prints where trueup's exact one
differs from it.  All rows of a result must be named; rows of zeros may be left out.
"""
