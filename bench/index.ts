/**
 * Makes the index of a large repository: `node bench/index.ts [CHARTS] [VERSIONS] > index.yaml`, 10,000 and 20 if left
 * out. Searching it is measured with
 *
 *     hyperfine -N --warmup 3 'pintle search repo x' 'helm search repo x'
 */
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';

const [charts = 10_000, versions = 20] = process.argv.slice(2).map(Number);

const WORDS = (
  'fast secure cloud native database cache queue proxy server metrics logs traces gateway ingress storage operator ' +
  'cluster backup monitor dashboard web api event stream graph search vector model broker'
).split(' ');

/** Words that are the same at every run. */
function word(chart: number, place: number): string {
  return WORDS[(chart * 31 + place * 17 + ((chart * place) % 13)) % WORDS.length] as string;
}

function describe(chart: number): string {
  return `A ${[0, 1, 2, 3, 4, 5, 6, 7, 8].map((i) => word(chart, i)).join(' ')} chart for Kubernetes`;
}

function entry(name: string, description: string, chart: number, version: number): string {
  const number = `${Math.trunc(version / 10)}.${version % 10}.${chart % 7}${version % 7 === 0 ? '-rc.1' : ''}`;
  const digest = createHash('sha256').update(`${name} ${number}`).digest('hex');
  return `  - apiVersion: v2
    appVersion: ${Math.trunc(version / 10)}.${version % 10}.0
    created: "2025-0${(version % 9) + 1}-1${version % 10}T10:00:00.000000000Z"
    dependencies:
    - name: common
      repository: https://charts.example.com/stable
      version: 2.x.x
    description: ${description}
    digest: ${digest}
    home: https://example.com/${name}
    icon: https://example.com/icons/${name}.png
    keywords:
    - ${word(chart, 20)}
    - ${word(chart, 21)}
    - ${word(chart, 22)}
    maintainers:
    - email: team@example.com
      name: The Team
    name: ${name}
    sources:
    - https://github.com/example/${name}
    type: application
    urls:
    - https://charts.example.com/stable/${name}-${number}.tgz
    version: ${number}
`;
}

const out = (text: string): void => {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
};

out('apiVersion: v1\nentries:\n');
for (let chart = 0; chart < charts; chart++) {
  const name = `${word(chart, 30)}-${word(chart, 31)}-${chart}`;
  let text = `  ${name}:\n`;
  let description = describe(chart);
  for (let version = versions; version > 0; version--) {
    // What a chart says of itself changes now and then.
    if (version % 9 === 0) description += ` (${word(chart, version)})`;
    text += entry(name, description, chart, version);
  }
  out(text);
}
out('generated: "2025-10-10T10:00:00.000000000Z"\n');
