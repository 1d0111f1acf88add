"""``cadence``: how often an account is read, what that takes, and another choice."""

from argparse import Namespace

from snapshot_core.capture.schedule import require_cadence, schedule_of, why_not
from snapshot_core.cli.context import Context
from snapshot_core.cli.printing import print_json, print_table
from snapshot_core.store.accounts import set_cadence
from snapshot_core.view.cadence import CadenceView, cadence_view
from snapshot_core.view.documents.cadence import Cadence
from snapshot_core.view.wording.cadence import CADENCE_MEANINGS, plan_sentence, size
from snapshot_core.view.wording.numbers import exact


def cadence(context: Context, arguments: Namespace) -> bool:
    """Set the cadence of an account, or show what each one takes."""
    session = context.open(arguments.user)
    account = session.account(arguments.account)
    if arguments.set is not None:
        require_cadence(account, arguments.set)
        session.store.transact(lambda c: set_cadence(c, account.key, arguments.set))
    elif (refusal := why_not(account)) is not None:
        raise refusal
    with session.store.read() as connection:
        view = cadence_view(connection, schedule_of(session, account), account, session.now)
    if arguments.json:
        print_json(Cadence.of(view))
    else:
        _print(view, alone=arguments.set is not None)
    return True


def _print(view: CadenceView, *, alone: bool) -> None:
    print(f"{view.account.name}: {view.cadence}. {CADENCE_MEANINGS[view.cadence]}")
    if view.account.paused:
        print("It is paused: nothing is read until it is resumed.")
    print(plan_sentence(view, view.plan))
    if alone or len(view.plans) == 1:
        return
    print("\nIn the next 24 hours, by cadence:\n")
    rows = [
        (
            plan.cadence,
            exact(plan.complete),
            exact(plan.recent),
            exact(plan.calls or 0),
            size(plan.bytes),
        )
        for plan in view.plans
    ]
    print_table(("cadence", "all videos", "newest", "calls", "stored"), rows, texts=1)
