#!/usr/bin/env python3
"""Questions where snippets.py is blind: whole families of functions with arguments that fit, broken templates and
documents, errors through several templates, charts with subcharts, schemas.

    python3 more.py SEED COUNT | oracle

As with snippets.py, nothing here depends on time, chance, the network or the environment."""
import json
import random
import sys

import more_calls
import more_charts
import more_templates

# name, how often, maker
FAMILIES = [*more_calls.FAMILIES, *more_templates.FAMILIES, *more_charts.FAMILIES]


def question(r):
    """One question; its family is drawn by weight."""
    (maker,) = r.choices([f[2] for f in FAMILIES], [f[1] for f in FAMILIES])
    return maker(r)


def main():
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    only = sys.argv[3:]  # names of families
    makers = [f for f in FAMILIES if not only or f[0] in only]
    for i in range(count):
        r = random.Random(seed * 1_000_003 + i)
        ask = r.choices([f[2] for f in makers], [f[1] for f in makers])[0](r) if only else question(r)
        print(json.dumps(ask, ensure_ascii=False))


if __name__ == '__main__':
    main()
