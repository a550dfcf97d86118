/**
 * Asks a real cluster and the sandbox the same and compares the answers:
 * `node test/sandbox/compare.ts [CASE…]`, with the rig's variables set. Prints what differs; ends with 1 if anything does.
 */
import { CASES } from './cases.ts';
import { type Answered, type Ask, type Asked, realCluster, sandboxCluster } from './cluster.ts';
import { differences, normalize } from './normalize.ts';

/** Answers that are known to be others, by case and step, each with its reason. */
const KNOWN: Readonly<Record<string, string>> = {
  'wrong bodies [19]': 'Go names a struct that is embedded, which no document of the API shows',
  'wrong bodies [23]': "Go's text for a body that is a list prints a type of its own",
  'lists and selectors [9]': 'texts for selectors that cannot be parsed are shorter',
  'lists and selectors [10]': 'texts for selectors that cannot be parsed are shorter',
  'what controllers make [38]': "the server's text ends in a comparison of Go structs",
};

const wanted = process.argv.slice(2);
const clusters: readonly (readonly [string, Ask])[] = [
  ['real', realCluster()],
  ['sandbox', sandboxCluster()],
];
const prefix = `sandbox-${process.pid.toString(36)}`;

/** The request with the case's namespace in place of `NS`. */
function placed(asked: Asked, namespace: string): Asked {
  return JSON.parse(JSON.stringify(asked).replaceAll('NS', namespace)) as Asked;
}

async function run(name: string, steps: readonly Asked[], index: number): Promise<[Asked, Answered, Answered][]> {
  const namespace = `${prefix}-${index}`;
  const answers = await Promise.all(
    clusters.map(async ([, ask]) => {
      const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
      await ask({ method: 'POST', path: '/api/v1/namespaces', body: object });
      await until(ask, `/api/v1/namespaces/${namespace}/serviceaccounts/default`);
      const found: Answered[] = [];
      for (const step of steps) found.push(await answer(ask, placed(step, namespace)));
      await ask({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}` });
      return found;
    }),
  );
  const [real = [], ours = []] = answers;
  if (real.length !== ours.length) throw new Error(name);
  return steps.map((step, i) => [placed(step, namespace), real[i] as Answered, ours[i] as Answered]);
}

/** A path `WAIT:MS` is no request, but a pause. */
async function answer(ask: Ask, step: Asked): Promise<Answered> {
  if (!step.path.startsWith('WAIT:')) return ask(step);
  await new Promise((done) => setTimeout(done, Number(step.path.slice(5))));
  return { status: 0, type: '', warning: '', body: null };
}

async function until(ask: Ask, path: string): Promise<void> {
  for (let i = 0; i < 100; i++) {
    if ((await ask({ method: 'GET', path })).status === 200) return;
    await new Promise((done) => setTimeout(done, 50));
  }
}

let [requests, different] = [0, 0];
let index = 0;
for (const [name, steps] of Object.entries(CASES)) {
  if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) continue;
  for (const [i, [asked, real, ours]] of (await run(name, steps, index++)).entries()) {
    requests++;
    const found = differences(normalize(real), normalize(ours));
    if (found.length === 0 || KNOWN[`${name} [${i}]`] !== undefined) continue;
    different++;
    console.log(`## ${name} [${i}] ${asked.method} ${asked.path} ${JSON.stringify(asked.query ?? {})}`);
    for (const line of found) console.log(`   ${line}`);
  }
}
console.log(`${requests - different} passed, ${different} failed`);
process.exitCode = different > 0 ? 1 : 0;
