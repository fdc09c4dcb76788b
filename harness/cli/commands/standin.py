"""`trueup standin`: a stand-in of a target on this machine, to rehearse against."""

from __future__ import annotations

import threading

import click

KINDS = ("varicent",)


@click.command("standin")
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--port", type=click.IntRange(0, 65_535), default=8_043, show_default=True, help="Port on this machine; 0 takes a free one.")
@click.option("--model", default="Rehearsal_dev", show_default=True, help="Name of the model that it serves.")
@click.option("--rate", "rates", multiple=True, metavar="PLAN=RATE", help="A plan and what it pays of each deal, such as AE Flat=0.08.")
def command(kind: str, port: int, model: str, rates: tuple[str, ...]) -> int:
    """Serves a stand-in of a target system on this machine until Ctrl-C.

    It speaks the documented interface, calculates by itself, and forgets everything when it ends. The key is icm-rehearsal.

    Example: trueup standin varicent --rate "AE Flat=0.08"
    """
    from decimal import Decimal, InvalidOperation

    from harness.standin.varicent_rehearsal import rehearsal_model
    from harness.standin.varicent_server import StandIn

    paid = {}
    for text in rates:
        plan, mark, rate = text.rpartition("=")
        try:
            sound = bool(plan and mark and Decimal(rate).is_finite())
        except InvalidOperation:
            sound = False
        if not sound:
            raise click.UsageError(f'"{text}" isn\'t a plan and its rate. Write it like  --rate "AE Flat=0.08".')
        paid[plan] = rate
    try:
        served = rehearsal_model(model, paid or None)
        served.clock = None
        server = StandIn({model: served}, port=port)
        with server:
            click.echo(f"Varicent's stand-in serves the model {model} at {server.url}")
            click.echo("In another terminal:  export VARICENT_KEY=icm-rehearsal")
            click.echo("Stop it with Ctrl-C.")
            try:
                threading.Event().wait()
            except KeyboardInterrupt:
                click.echo("Stopped.")
    except OSError as error:
        raise click.UsageError(f"port {port} can't be used: {error.strerror}. Name another with --port.") from None
    return 0
