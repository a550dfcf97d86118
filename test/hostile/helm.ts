/** Helm's answer to the same input, within bounds that it does not have itself. */
import { spawnSync } from 'node:child_process';
import type { Case, Command, Place, Result } from './frame.ts';
import { createPlaces, snapshot, start } from './running.ts';

/** Seconds, and bytes of address space: Go reserves more than it uses. */
const TIME = 20;
const MEMORY = 6 * 2 ** 30;

/** `as ours`: what is expected of Pintle; `accepts` what Pintle refuses, or leaves something outside; `killed` at a bound. */
export type HelmVerdict = 'as ours' | 'accepts' | 'differs' | 'killed';

export interface HelmAnswer {
  readonly verdict: HelmVerdict;
  /** Where both succeed and print other bytes: from where on. */
  readonly otherBytes?: string;
}

export interface Helm {
  /** Nothing where it is not to be given to Helm. */
  answer(one: Case, ours?: { readonly result: Result; readonly place: Place }): HelmAnswer | undefined;
  end(): void;
}

/** The program that HELM names, or `helm`; nothing where there is none. */
export function createHelm(path: string = process.env['HELM'] || 'helm'): Helm | undefined {
  if (spawnSync(path, ['version']).status !== 0) return undefined;
  const places = createPlaces();
  return {
    answer: (one, ours) => {
      if (one.unsafe) return undefined;
      const place = places.next();
      try {
        const command = one.make(place);
        if (command.script !== undefined || command.through !== undefined) return undefined;
        return judged(one, command, place, path, ours);
      } finally {
        places.clear();
      }
    },
    end: places.end,
  };
}

function judged(
  one: Case,
  command: Command,
  place: Place,
  path: string,
  ours: { readonly result: Result; readonly place: Place } | undefined,
): HelmAnswer {
  const before = snapshot(place.outside);
  const bounds = ['prlimit', `--as=${MEMORY}`, 'timeout', '-k', '1', String(TIME)];
  const result = start([path, ...command.args], command, place, bounds);
  const isDead = result.exit === null || result.exit > 1 || /^(?:fatal error|panic): /m.test(result.stderr);
  if (isDead) return { verdict: 'killed' };
  if (snapshot(place.outside) !== before) return { verdict: 'accepts' };
  const verdict = verdictOf(one, result, place, ours?.result);
  const otherBytes = ours && one.unlikeHelm === undefined ? difference(result, place, ours) : undefined;
  return { verdict, ...(otherBytes !== undefined && { otherBytes }) };
}

function verdictOf(one: Case, result: Result, place: Place, ours: Result | undefined): HelmVerdict {
  try {
    one.expect(result, place);
    return 'as ours';
  } catch {
    return result.exit === 0 && ours?.exit !== 0 ? 'accepts' : 'differs';
  }
}

function difference(theirs: Result, place: Place, ours: { result: Result; place: Place }): string | undefined {
  if (theirs.exit !== 0 || ours.result.exit !== 0) return undefined;
  const a = plain(theirs.stdout, place);
  const b = plain(ours.result.stdout, ours.place);
  if (a === b) return undefined;
  let at = 0;
  while (a[at] === b[at]) at++;
  const near = (text: string): string => JSON.stringify(text.slice(Math.max(0, at - 40), at + 80));
  return `Helm prints ${near(a)}, Pintle ${near(b)}`;
}

/** Without what differs from one run to the next. */
function plain(text: string, { root }: Place): string {
  return text.replaceAll(root, 'ROOT').replaceAll(/127\.0\.0\.1:\d+/g, 'HOST');
}
