/** Rows E6 and E7: there is no page and no server of ours, and nothing that would be one. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeChart } from './charts.ts';
import type { Case, Row } from './frame.ts';

const BUILT = fileURLToPath(new URL('../../dist', import.meta.url));

/** What would make text of others into code or into a page, or listen. */
const FORBIDDEN: readonly RegExp[] = [
  // Not a method of that name, of which re2js has one.
  /(?<![.\w])eval\s*\((?![\w,\s]*\)\s*\{)/,
  /\bnew Function\s*\(/,
  /\.(?:inner|outer)HTML\b/,
  /\binsertAdjacentHTML\b/,
  /\bdocument\.write\b/,
  /\b(?:local|session)Storage\b/,
  /\bindexedDB\b/,
  /\bcreateServer\s*\(/,
  /\bnew WebSocket\b/,
];

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.c?js$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** A command line, while it is seen that nothing listens: that is looked at for every case. */
function listensNot(name: string, args: readonly string[]): Case {
  return {
    name: `nothing listens: ${name}`,
    make: ({ root }) => {
      writeChart(root, { 'templates/a.yaml': 'kind: ConfigMap\napiVersion: v1\nmetadata: {name: x}\n' });
      return { args };
    },
    expect: ({ exit, stderr }) => assert.equal(exit, 0, stderr),
    once: true,
    // Helm has no such cluster.
    unsafe: true,
  };
}

/** The bundle as it is built; the command beside it is only there to be run. */
function bundleWithout(pattern: RegExp): Case {
  return {
    name: `the bundle for browsers has no ${pattern.source}`,
    make: () => ({ args: ['version'] }),
    expect: () => {
      const files = filesBelow(join(BUILT, 'browser'));
      assert.ok(files.length > 0, 'there is no bundle: npm run build');
      for (const file of files) {
        const found = pattern.exec(readFileSync(file, 'utf8'));
        assert.equal(found?.[0], undefined, file);
      }
    },
    once: true,
    unsafe: true,
  };
}

export const pageRows: readonly Row[] = [
  {
    id: 'E6',
    title: 'nothing listens: neither a page nor a server',
    cases: [
      listensNot('template', ['template', 'r', 'c']),
      listensNot('install into the sandbox', ['install', 'r', 'c', '--sandbox=sandbox', '--wait']),
      listensNot('the sandbox itself', ['sandbox', 'get', '--sandbox=sandbox']),
      listensNot('list in the sandbox', ['list', '--sandbox=sandbox']),
    ],
  },
  {
    id: 'E7',
    title: 'the bundle for browsers makes no code or page of texts, keeps nothing, and calls nobody by itself',
    cases: FORBIDDEN.map(bundleWithout),
  },
];
