import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

/** One record of cases.json: a published chart, a values file, and what Helm made of them. */
export interface Case {
  readonly id: string;
  readonly chart: string;
  readonly values?: string;
  readonly exit: number;
  readonly sha256: string;
  /** Helm's standard error of a failing case. */
  readonly error?: string;
  /** 1-based lines that hold random or time-made text. */
  readonly random_lines?: readonly number[];
  readonly skip?: string;
}

/** The folder with charts and goldens: other people's charts, kept outside the project. */
export function conformanceFolder(): string | undefined {
  const fallback = fileURLToPath(new URL('../../../shared/conformance', import.meta.url));
  const folder = resolve(process.env['PINTLE_CONFORMANCE'] ?? fallback);
  return existsSync(join(folder, 'cases.json')) ? folder : undefined;
}

export function readCases(folder: string): Case[] {
  return JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')) as Case[];
}

export function chartBytes(folder: string, chart: string): Uint8Array {
  return readFileSync(join(folder, 'charts', `${chart}.tgz`));
}

export function golden(folder: string, id: string): string {
  return gunzipSync(readFileSync(join(folder, 'golden', `${id}.yaml.gz`))).toString('utf8');
}

/** The difference that counts, as one line of report; nothing where the texts agree outside the random lines. */
export function firstDifference(want: string, got: string, random: readonly number[] = []): string | undefined {
  const wanted = want.split('\n');
  const given = got.split('\n');
  const free = new Set(random);
  for (let i = 0; i < Math.max(wanted.length, given.length); i++) {
    if (wanted[i] === given[i] || (free.has(i + 1) && i < wanted.length && i < given.length)) continue;
    return `line ${i + 1}: want ${JSON.stringify(wanted[i])}, got ${JSON.stringify(given[i])}`;
  }
  return undefined;
}
