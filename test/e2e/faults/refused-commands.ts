/** What the command line says where an object is refused, and how it exits: as Helm's does, with more beside it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type By, type Ran, runProgram } from '../exchange/programs.ts';
import type { Case } from './report.ts';
import type { Scene } from './scene.ts';
import type { Webhook } from './webhook.ts';

const CHART = fileURLToPath(new URL('../exchange/chart', import.meta.url));
const STEP_1 = [CHART, '--set', 'step=1'];
const STEP_2 = [CHART, '--set', 'step=2'];

interface Refused {
  readonly before: readonly (readonly string[])[];
  readonly args: readonly string[];
  readonly verb: 'DELETE' | 'write';
  /** What the advice has to name. */
  readonly names: RegExp;
}

const COMMANDS: Readonly<Record<string, (release: string) => Refused>> = {
  install: (name) => ({
    before: [],
    args: ['install', name, ...STEP_1],
    verb: 'write',
    names: /applied: Secret\/.*; failed: Service\//s,
  }),
  'install that is undone': (name) => ({
    before: [],
    args: ['install', name, ...STEP_1, '--rollback-on-failure', '--timeout', '10s'],
    verb: 'write',
    names: /failed: Service\//,
  }),
  upgrade: (name) => ({
    before: [['install', name, ...STEP_1]],
    args: ['upgrade', name, ...STEP_2],
    verb: 'write',
    names: /applied: Secret\/.*; failed: Service\/.*not deleted: ConfigMap\//s,
  }),
  rollback: (name) => ({
    before: [
      ['install', name, ...STEP_1],
      ['upgrade', name, ...STEP_2],
    ],
    args: ['rollback', name, '1'],
    verb: 'write',
    names: /applied: Secret\/.*; failed: Service\//s,
  }),
  uninstall: (name) => ({
    before: [['install', name, ...STEP_1]],
    args: ['uninstall', name],
    verb: 'DELETE',
    names: /not today.*deleted: .*ConfigMap\/.*failed: Service\//s,
  }),
};

/** Helm first, Pintle then, each on a release of its own of the same name. */
export function commandCases(scene: Scene, webhook: Webhook): Case[] {
  const refused = new Map<string, Refused['verb']>();
  const others = webhook.judge;
  webhook.judge = (review) => {
    const verb = review.kind === 'Service' ? refused.get(review.name) : undefined;
    if (verb === undefined) return others(review);
    return (review.verb === 'DELETE') === (verb === 'DELETE') ? 'deny' : 'allow';
  };
  return Object.entries(COMMANDS).map(([name, make], i) => ({
    name: `command ${name}`,
    run: () => tryCommand(scene, refused, `cmd${i}`, make(`cmd${i}`)),
  }));
}

async function tryCommand(
  { namespace }: Scene,
  refused: Map<string, Refused['verb']>,
  release: string,
  { before, args, verb, names }: Refused,
): Promise<string | undefined> {
  const home = mkdtempSync(join(tmpdir(), 'pintle-refused-'));
  const run = async (by: By, advice = false): Promise<Ran> => {
    const place = { home, namespace, ...(advice && { env: { PINTLE_COMPAT_ERRORS: '' } }) };
    for (const earlier of before) await runProgram(by, earlier, place);
    refused.set(release, verb);
    const ran = await runProgram(by, args, place);
    refused.delete(release);
    await runProgram(by, ['uninstall', release, '--no-hooks', '--ignore-not-found'], place);
    return ran;
  };
  try {
    const helm = await run('4');
    const pintle = await run('p');
    const said = ({ stderr }: Ran): string => stderr.replace(/^(level=|I\d{4} |W\d{4} ).*\n/gm, '');
    if (pintle.exit !== helm.exit || pintle.exit === 0) return `exit ${pintle.exit} instead of ${helm.exit}`;
    if (said(pintle) !== said(helm)) return `says ${said(pintle)}    instead of ${said(helm)}`;
    const { stderr } = await run('p', true);
    return names.test(stderr) ? undefined : `advice: ${stderr}`;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
