/** Commands that do not render a chart, or do more than that. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Measured, type MeasureOptions, measure } from './measure.ts';
import { root } from './tools.ts';

/** The index that `search repo` looks through, of a size that the largest public repositories have. */
const CHARTS = 10_000;

export async function benchCommands(options: MeasureOptions): Promise<Measured> {
  const rig = { ...process.env, PINTLE_RIG: join(options.work, 'rig') };
  const registry = (action: 'up' | 'down'): void => {
    const script = `${root}test/rig/registry.sh`;
    execFileSync('bash', [script, action, 'plain'], { env: rig, stdio: ['ignore', 'ignore', 'inherit'] });
  };
  registry('up');
  try {
    return await benchAll(options, dependingChart(options, rig.PINTLE_RIG));
  } finally {
    registry('down');
  }
}

/** A chart that depends on three in the rig's registry. */
function dependingChart({ work, helm }: MeasureOptions, rig: string): string {
  const { address } = JSON.parse(readFileSync(join(rig, 'plain', 'registry.json'), 'utf8')) as { address: string };
  const env = { ...process.env, HOME: work };
  const names = ['one', 'two', 'three'];
  for (const name of names) {
    execFileSync(helm, ['create', join(work, name)], { env });
    execFileSync(helm, ['package', join(work, name), '--destination', work], { env, stdio: 'ignore' });
    const archive = join(work, `${name}-0.1.0.tgz`);
    execFileSync(helm, ['push', archive, `oci://${address}/charts`, '--plain-http'], { env, stdio: 'ignore' });
  }
  const folder = join(work, 'depends');
  mkdirSync(folder);
  const lines = names.map((name) => `- {name: ${name}, version: 0.x.x, repository: "oci://${address}/charts"}\n`);
  const text = `apiVersion: v2\nname: depends\nversion: 1.0.0\ndependencies:\n${lines.join('')}`;
  writeFileSync(join(folder, 'Chart.yaml'), text);
  execFileSync(helm, ['dependency', 'update', folder, '--plain-http'], { env, stdio: 'ignore' });
  return folder;
}

async function benchAll(options: MeasureOptions, depending: string): Promise<Measured> {
  const { work, helm } = options;
  execFileSync(helm, ['create', join(work, 'fresh')], { env: { ...process.env, HOME: work } });
  const shop = `${root}examples/shop`;
  const cache = join(work, 'repositories');
  mkdirSync(cache, { recursive: true });
  const index = execFileSync(process.execPath, [`${root}bench/index.ts`, String(CHARTS)], { maxBuffer: 2 ** 30 });
  writeFileSync(join(cache, 'large-index.yaml'), index);
  const repositories = 'apiVersion: v1\nrepositories:\n- name: large\n  url: https://charts.example.com/stable\n';
  writeFileSync(join(work, 'repositories.yaml'), repositories);
  const env = { HELM_REPOSITORY_CACHE: cache, HELM_REPOSITORY_CONFIG: join(work, 'repositories.yaml') };
  return measure(
    [
      { id: 'version', args: ['version'] },
      { id: '--help', args: ['--help'] },
      { id: 'template of a fresh chart', args: ['template', 'bench', join(work, 'fresh')] },
      { id: 'template of the example', args: ['template', 'bench', shop] },
      { id: 'lint of the example', args: ['lint', shop] },
      { id: 'package of the example', args: ['package', shop, '--destination', work] },
      { id: 'dependency build', args: ['dependency', 'build', depending, '--plain-http'] },
      { id: 'search repo', args: ['search', 'repo', 'proxy'], env },
    ],
    options,
  );
}
