/** The library's own steps on a real registry, in this process. */
import { readFileSync } from 'node:fs';
import { nodeHttpClient } from '../../src/node/http/client.ts';
import { runClientScript } from './client-script.ts';
import type { Case } from './frame.ts';
import type { Registry } from './registries.ts';

/** The cases for one registry. */
export function clientCases(registry: Registry): Case[] {
  const { variant, address, scheme, username, password, ca } = registry;
  const run: Case['run'] = ({ slug }) =>
    runClientScript({
      http: nodeHttpClient({ env: {} }),
      host: address,
      plainHttp: scheme === 'http',
      slug,
      ...(username === '' ? {} : { credential: { username, password } }),
      ...(ca === '' ? {} : { tls: { ca: readFileSync(ca, 'utf8') } }),
    });
  return [{ name: `${variant}: what the library asks of a registry`, run }];
}
