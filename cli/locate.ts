/** From what the user calls a chart to the path that it is at. Go: helm pkg/action/install.go LocateChart */
import { existsSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { PintleError } from '../src/errors.ts';
import { quote } from '../src/go/quote.ts';
import { trimSpace } from '../src/go/space.ts';
import type { Call } from './types.ts';

/** The absolute path of a chart, which is in the content cache if it came from elsewhere. */
export async function locateChart(reference: string, call: Call): Promise<string> {
  const { flags, io } = call;
  const remote = (): Promise<typeof import('./remote.ts')> => import('./remote.ts');
  const tls = ['cert-file', 'key-file', 'ca-file'].some((name) => flags.string(name) !== '');
  if (tls) (await remote()).checkTlsFiles(call);
  const name = trimSpace(reference);
  if (flags.string('repo') === '') {
    const path = resolve(io.cwd(), name);
    if (name !== '' && existsSync(path)) {
      if (flags.bool('verify')) await (await remote()).verifyLocal(path, call);
      return path;
    }
    if (isAbsolute(name) || name.startsWith('.')) {
      throw new PintleError('CHART_NOT_FOUND', `path ${quote(name)} not found`);
    }
  }
  return (await remote()).fetchChart(name, call);
}
