"""`script/bench intake`: acceptance, processing and mail, on servers of its own; last line JSON."""

import argparse
import json
import os

from bench import accepting, mailing, processing, stored
from bench.desk import say, scratch_desk

FEW, MANY = 10_000, 1_000_000


def main() -> None:
    """Measure everything; a smaller `--scale` is for trying the bench itself."""
    asked = argparse.ArgumentParser(prog="script/bench intake")
    asked.add_argument("--scale", type=float, default=1.0, help="share of the full size")
    scale = asked.parse_args().scale
    say(f"{os.cpu_count()} cores; load before: {os.getloadavg()[0]:.1f}")
    with scratch_desk() as desk:
        figures = accepting.measure(desk, scale=scale)
        figures |= mailing.measure(desk, scale=scale)
        desk.stop_all()
        processing.warm(desk)
        stored.fill(desk, FEW)
        arrivals = int(processing.ARRIVALS * scale)
        few = processing.measure(desk, "10 thousand stored", arrivals=arrivals)
        stored.fill(desk, int(MANY * scale))
        many = processing.measure(desk, f"{MANY * scale:,.0f} stored", arrivals=arrivals)
    figures |= {"process_per_s": many.per_second, "process_per_s_10k": few.per_second}
    figures |= {"process_cpu_ms": many.cost_ms, "process_cpu_ms_10k": few.cost_ms}
    figures["growth_10k_1m"] = few.per_second / many.per_second
    told = {name: round(value, 3) for name, value in figures.items()}
    print(json.dumps({"bench": "intake", **told}))


if __name__ == "__main__":
    main()
