/** Commands that do not render a chart, or do more than that. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Measured, type MeasureOptions, measure } from './measure.ts';
import { root } from './tools.ts';

/** The index that `search repo` looks through, of a size that the largest public repositories have. */
const CHARTS = 10_000;

export async function benchCommands(options: MeasureOptions): Promise<Measured> {
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
      { id: 'search repo', args: ['search', 'repo', 'proxy'], env },
    ],
    options,
  );
}
