#!/usr/bin/env python3
"""Join a file of questions and a file of answers into lines {"id", "ask", "answer"}."""
import json
import sys

with open(sys.argv[1], encoding="utf-8") as asks, open(sys.argv[2], encoding="utf-8") as answers:
    for number, (ask, answer) in enumerate(zip(asks, answers)):
        print(json.dumps({"id": number, "ask": json.loads(ask), "answer": json.loads(answer)}, ensure_ascii=False))
