/**
 * What a row of the list of hostile inputs is, and what holds for all of them: the process survives and says in its own
 * words what is wrong, within a budget of time and memory; nothing outside its folder changes; nobody is spoken to who
 * was not named; and no secret comes out.
 */
import assert from 'node:assert/strict';

/** Where a case works. */
export interface Place {
  /** The only folder that may change. */
  readonly root: string;
  /** Holds what must neither be read nor changed; `secret.txt` in it holds {@link SECRET}. */
  readonly outside: string;
}

/** A command line of a case. */
export interface Command {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** A folder of the place that is served meanwhile; `@URL@` or, without scheme, `@HOST@` in an argument is where. serve.py says how. */
  readonly serves?: string;
  /** Words before the program's own: a command that starts it, for a terminal or a company of its own. */
  readonly through?: readonly string[];
  /** Run by the program's engine in place of its command line; `args` go to the script. */
  readonly script?: string;
}

/** What a command line came to. */
export interface Result {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One input, given at the command line. */
export interface Case {
  readonly name: string;
  /** Makes the input in `root`; what it answers is then run there. */
  readonly make: (place: Place) => Command;
  /** Throws where the result is not what the row says. */
  readonly expect: (result: Result, place: Place) => void;
  /** Seconds of processor time, where it is not the usual 2, with the reason beside it. */
  readonly seconds?: number;
  /** MiB beyond those of a chart that says nothing, where it is not the usual 256, with the reason beside it. */
  readonly memory?: number;
  /** Seconds on the clock, where they count. */
  readonly wall?: number;
  /** Why its output differs from Helm's where both succeed. */
  readonly unlikeHelm?: string;
  /** Why it may read what lies outside, which is then not looked at. */
  readonly readsOutside?: string;
  /** Files elsewhere that must not be opened. */
  readonly unopened?: readonly string[];
  /** Not to be given to Helm: it would take the machine's memory, disk or an hour. */
  readonly unsafe?: true;
  /** Work that cannot be done twice in one folder, or waits: not repeated in one process. */
  readonly once?: true;
}

/** A row of the list. */
export interface Row {
  /** As the list counts: a letter for the part, a number. */
  readonly id: string;
  readonly title: string;
  readonly cases: readonly Case[];
}

/** What no output may have. */
export const SECRET = 'canary-5f1d3b9a';

/** Texts that come from an engine, not from us. */
const ENGINE = [
  /\b(?:Range|Type|Reference|Syntax|Internal)Error\b/,
  /^\s+at .*:\d+:\d+\)?$/m,
  /Maximum call stack/,
  /FATAL ERROR/,
  /heap out of memory/i,
  /Invalid (?:array|string) length/,
  /\[object Object\]/,
];

/** Throws for what no input may bring about. */
export function checkAlways({ exit, stdout, stderr }: Result): void {
  assert.ok(exit === 0 || exit === 1, `it ended with ${exit}: ${stderr.slice(-500)}`);
  for (const pattern of ENGINE) assert.doesNotMatch(stderr.slice(0, 100_000), pattern);
  assert.ok(!stdout.includes(SECRET) && !stderr.includes(SECRET), 'the canary is in the output');
}

/** Expects an error with a text. */
export function refused(pattern: RegExp): Case['expect'] {
  return ({ exit, stdout, stderr }) => {
    assert.match(stderr, pattern);
    assert.equal(exit, 1, stdout.slice(0, 500));
  };
}

/** Expects success and what is printed. */
export function prints(pattern: RegExp): Case['expect'] {
  return ({ exit, stdout, stderr }) => {
    assert.equal(exit, 0, stderr.slice(0, 2_000));
    assert.match(stdout, pattern);
  };
}
