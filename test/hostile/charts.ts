/** Charts of the cases, written into the folder of a case. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Case, Command, Place } from './frame.ts';

export type Files = Readonly<Record<string, string | Uint8Array>>;

const CHART_YAML = 'apiVersion: v2\nname: c\nversion: 1.0.0\n';

/** Writes a chart into `root`/c: the files, and a Chart.yaml where they have none. */
export function writeChart(root: string, files: Files): string {
  const folder = join(root, 'c');
  for (const [name, data] of Object.entries({ 'Chart.yaml': CHART_YAML, ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), data);
  }
  return folder;
}

/** A case that renders a chart, with more arguments. */
export function rendering(files: () => Files, ...args: readonly string[]): (place: Place) => Command {
  return ({ root }) => {
    writeChart(root, files());
    return { args: ['template', 'r', 'c', ...args] };
  };
}

/** A case that renders one template. */
export function template(name: string, text: string, expect: Case['expect'], more: Partial<Case> = {}): Case {
  return { name, make: rendering(() => ({ 'templates/a.yaml': text })), expect, ...more };
}
