/**
 * Helm and Pintle side by side on the same records: both read what Helm v4, Helm v3 and Pintle made, and have to print
 * the same to the byte, times and all.
 *
 *     node test/e2e/reading.ts [--only PATTERN]
 *
 * Needs KUBECONFIG, HELM (the binary) and PINTLE_PROGRAM as run.ts does; HELM3 for records of Helm 3, and
 * HELM_DRIVER_SQL_CONNECTION_STRING for those in a database, are left out where they are not set.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PINTLE } from '../program.ts';

const { values: options } = parseArgs({ options: { only: { type: 'string', default: '' } } });
const charts = fileURLToPath(new URL('charts', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'pintle-reading-'));
const space = `reading-${Math.random().toString(36).slice(2, 8)}`;
const { HELM3 = '', HELM_DRIVER_SQL_CONNECTION_STRING: database = '' } = process.env;

const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  helm: [process.env['HELM'] || 'helm'],
  helm3: [HELM3],
  pintle: PINTLE,
};

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Result> {
  const [file = '', ...before] = PROGRAMS[program] as readonly string[];
  const { PATH = '', KUBECONFIG = '' } = process.env;
  const surroundings = { PATH, KUBECONFIG, HOME: home, TZ: 'UTC', PINTLE_COMPAT_ERRORS: '1', ...env };
  return new Promise((resolve) => {
    execFile(file, [...before, ...args], { env: surroundings, maxBuffer: 64e6 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, stdout, stderr });
    });
  });
}

/** Who makes which records. A `!` in front means that it has to fail. */
const MADE: readonly (readonly [program: string, line: string])[] = [
  ['helm', 'install four CHARTS/web --set replicas=1 --labels team=shop,env=test --create-namespace'],
  ['helm', 'upgrade four CHARTS/web --set replicas=2 --description said'],
  ['helm', '! upgrade four CHARTS/web --set replicas=none'],
  ['helm', 'install gone CHARTS/note'],
  ['helm', 'uninstall gone --keep-history'],
  ['helm', 'install client CHARTS/note --server-side=false'],
  ['helm3', 'install three CHARTS/web --labels team=old'],
  ['helm3', 'upgrade three CHARTS/web --set replicas=2'],
  ['pintle', 'install ours CHARTS/web --labels team=shop'],
  ['pintle', 'upgrade ours CHARTS/web --set replicas=2,text=<b>&'],
  ['pintle', 'install both CHARTS/note'],
  ['helm', 'upgrade both CHARTS/note --set a=1'],
  ['pintle', 'rollback both 1'],
];

const NAMES = ['four', 'gone', 'client', 'both', 'ours', ...(HELM3 === '' ? [] : ['three'])];

/** Stores other than the usual one are asked about these alone. */
const FEW = ['four', 'ours'];

/** Comparisons at once. */
const JOBS = 3;

/** Asked about every release. */
const EACH: readonly string[] = [
  'status NAME',
  'status NAME -o json',
  'status NAME -o yaml',
  'status NAME --revision 1',
  'history NAME',
  'history NAME -o json',
  'history NAME -o yaml',
  'get all NAME',
  'get all NAME --revision 1',
  'get values NAME',
  'get values NAME --all',
  'get values NAME -o json',
  'get manifest NAME',
  'get hooks NAME',
  'get notes NAME',
  'get metadata NAME',
  'get metadata NAME -o json',
  'get metadata NAME --revision 1 -o yaml',
];

/** Asked once. */
const ONCE: readonly string[] = [
  'list',
  'list -q',
  'list -o json',
  'list -o yaml',
  'list -d',
  'list -d -r',
  'list -r --max 2',
  'list --max 2 --offset 2',
  'list --offset 99',
  'list --no-headers',
  'list --deployed',
  'list --failed',
  'list --uninstalled -q',
  'list --superseded',
  'list --pending',
  'list --filter ^[fo]',
  'list --filter (',
  'list --time-format 2006',
  'list -l team=shop',
  'list -l team!=shop,owner',
  'list -l status=deployed',
  'list -l a=b=c',
  'list -n reading-of-nothing',
  'list -n reading-of-nothing -o json',
  'history four --max 1',
  'history nope',
  'history A_B',
  'status nope',
  'status four --revision 9',
  'get values nope',
  'get notes A_B',
  'get all four --template {{.Release.Name}}{{.Release.Info.LastDeployed}}{{.Release.Chart.Metadata.Version}}',
  'get all four --template {{.Release.Nope}}',
  '__complete status ""',
  '__complete history four ""',
  '__complete get values four --revision ""',
  '__complete get notes nope --revision ""',
];

/** What has no order in a database, where Helm takes rows as they come. */
const UNORDERED: readonly string[] = ['list --superseded', '__complete get values four --revision ""'];

/** The same text but for what is another at each asking: ages, the versions of lists, the order of tables. */
function comparable(text: string): string {
  return text
    .replace(/("resourceVersion":|resourceVersion: )"\d+"/g, '$1""')
    .replace(/^(\S.*?) +\d+(?:s|m|h)(?:\d+s)?$/gm, '$1 AGE')
    .replace(/(?:^==> .*\n(?:.+\n)*\n+)+/gm, (tables) =>
      tables
        .split(/^(?===> )/m)
        .map((table) => table.trimEnd())
        .sort()
        .join('\n'),
    );
}

let passed = 0;
let failed = 0;

function tell(ok: boolean, what: string, detail = ''): void {
  if (ok) passed++;
  else {
    failed++;
    console.log(`failed: ${what}\n${detail}`);
  }
}

async function compare(line: string, env: Readonly<Record<string, string>>, label: string): Promise<void> {
  const args = line.split(' ').map((word) => (word === '""' ? '' : word));
  const withSpace = line.includes(' -n ')
    ? args
    : args[0] === '__complete'
      ? [...args.slice(0, 2), '-n', space, ...args.slice(2)]
      : [...args, '-n', space];
  const [helm, pintle] = await Promise.all([run('helm', withSpace, env), run('pintle', withSpace, env)]);
  const differences = (['code', 'stdout', 'stderr'] as const)
    .filter((part) => comparable(String(helm[part])) !== comparable(String(pintle[part])))
    .map((part) => `  ${part} of Helm:\n${helm[part]}\n  ${part} of Pintle:\n${pintle[part]}`);
  tell(differences.length === 0, `${label}: ${line}`, differences.join('\n').slice(0, 3000));
}

async function compareAll(driver: string): Promise<void> {
  const env: Record<string, string> = { HELM_DRIVER: driver };
  if (driver === 'sql') env['HELM_DRIVER_SQL_CONNECTION_STRING'] = database;
  for (const [program, line] of MADE) {
    if (program === 'helm3' && HELM3 === '') continue;
    const fails = line.startsWith('! ');
    const args = line.replace(/^! /, '').replace('CHARTS', charts).split(' ');
    const { code, stderr } = await run(program, [...args, '-n', space], env);
    tell(fails === (code !== 0), `${driver}: ${program} ${line}`, stderr);
  }
  const names = driver === 'secret' ? NAMES : FEW;
  const lines = [...ONCE, ...names.flatMap((name) => EACH.map((line) => line.replace('NAME', name)))].filter(
    (line) => line.includes(options.only) && !(driver === 'sql' && UNORDERED.includes(line)),
  );
  const queue = lines.values();
  await Promise.all(
    Array.from({ length: JOBS }, async () => {
      for (const line of queue) await compare(line, env, driver);
    }),
  );
  for (const name of NAMES) await run('helm', ['uninstall', name, '-n', space], env);
}

try {
  for (const driver of ['secret', 'configmap', ...(database === '' ? [] : ['sql'])]) await compareAll(driver);
} finally {
  await run('helm', ['uninstall', '-n', space, ...NAMES]);
  rmSync(home, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
