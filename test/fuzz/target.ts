/**
 * What is fuzzed: a function that takes bytes from outside. A target says what to start from, how inputs look, and what
 * has to hold for any input whatever.
 */
import type { Arbitrary } from 'fast-check';
import { PintleError } from '../../src/errors.ts';
import { decodeBytes } from '../../src/go/bytes.ts';
import { GoError } from '../../src/go/error.ts';

/** Feeds inputs to one of our functions. */
export interface Target {
  /** Words with dashes; its folder-free name in `corpus/`. */
  readonly name: string;
  /** Inputs to start from; the kept ones of `corpus/NAME.json` come in addition. */
  readonly seeds: readonly (string | Uint8Array)[];
  /** Words of the input's language, put in by mutations. */
  readonly words?: readonly string[];
  /** Makes inputs that are nearly right, where mutations alone seldom come far. */
  readonly shape?: Arbitrary<string>;
  /** Longest input in bytes. Default: 4,096. */
  readonly longest?: number;
  /**
   * Does the work, and checks what can be checked without Helm, e.g. that what was written reads as the same. What it
   * answers is compared with Helm's answer to {@link Target.question}.
   *
   * @throws what users may see of a wrong input (a PintleError or GoError: no finding); anything else is a finding
   */
  readonly run: (input: Uint8Array) => unknown;
  /**
   * The same for Helm: the name of a function in `helm/` and its arguments; undefined where Helm is not to be asked.
   * Its answer is `{ok: …}` or `{err: "…"}`.
   */
  readonly question?: (input: Uint8Array) => Question | undefined;
  /**
   * Whether our answer and Helm's say the same. Default: both fail, or both give the same JSON.
   */
  readonly same?: (ours: Answer, helm: Answer) => boolean;
}

/** A question for `helm/`; arguments are text, or bytes in base64 where the function says so. */
export interface Question {
  readonly call: string;
  readonly args: readonly string[];
}

/** What became of an input. */
export type Answer = { readonly ok: unknown } | { readonly err: string };

/** Whether an error is one that users may see, so that throwing it is right. */
export function isTyped(error: unknown): boolean {
  return error instanceof PintleError || error instanceof GoError;
}

/** An input as the engine's text: bytes that are no UTF-8 are kept. */
export function textOf(input: Uint8Array): string {
  return decodeBytes(input);
}

/** An input as an argument that may hold any byte. */
export function base64(input: Uint8Array): string {
  return Buffer.from(input).toString('base64');
}

/** Throws a finding. */
export function finding(what: string): never {
  throw new Error(what);
}
