#!/usr/bin/env python3
"""Put fresh questions to Helm and write lines {"id", "ask", "answer"} for run.ts.

    ask.py ORACLE SEED COUNT [GENERATOR] > questions.jsonl

GENERATOR is the module beside this file that makes the questions: snippets (the default) or more.

A question can kill Helm itself: a value that holds itself overflows Go's stack when it is printed. Such a question
gets the answer {"crash": true}, and the rest is put to a new process."""
import importlib
import json
import random
import subprocess
import sys
import threading


def feed(pipe, lines):
    try:
        for line in lines:
            pipe.write(line + "\n")
        pipe.close()
    except BrokenPipeError:
        pass


def answers(oracle, lines):
    """One answer a question, in order."""
    done = 0
    while done < len(lines):
        process = subprocess.Popen([oracle], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8")
        feeder = threading.Thread(target=feed, args=(process.stdin, lines[done:]), daemon=True)
        feeder.start()
        for line in process.stdout:
            if line.endswith("\n"):
                done += 1
                yield json.loads(line)
        process.wait()
        if done < len(lines):
            done += 1
            yield {"crash": True}


def main():
    oracle, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    generator = importlib.import_module(sys.argv[4] if len(sys.argv) > 4 else "snippets")
    made = [generator.question(random.Random(seed * 1_000_003 + i)) for i in range(count)]
    lines = [json.dumps(question, ensure_ascii=False) for question in made]
    for number, (question, answer) in enumerate(zip(made, answers(oracle, lines))):
        print(json.dumps({"id": number, "ask": question, "answer": answer}, ensure_ascii=False))


if __name__ == "__main__":
    main()
