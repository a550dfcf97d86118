import assert from 'node:assert/strict';
import { test } from 'node:test';
import { archiveOf, registryFor, runClientScript } from '../../../test/registry/client-script.ts';
import { type MemoryRegistryOptions, memoryRegistry } from '../../testing/memory-registry.ts';
import { createHttpClient } from '../http/client.ts';

const LOGIN = { username: 'me', password: 'canary-secret' };

test('the registry in memory takes what real ones take', async (t) => {
  const kinds: Record<string, MemoryRegistryOptions> = {
    open: {},
    paged: { pageSize: 1 },
    basic: { login: LOGIN },
    bearer: { login: { ...LOGIN, scheme: 'bearer' } },
    secure: { url: 'https://registry.test' },
  };
  for (const [name, options] of Object.entries(kinds)) {
    await t.test(name, async () => {
      const { transport } = memoryRegistry(options);
      await runClientScript({
        http: createHttpClient(transport, { userAgent: 'test' }),
        host: 'registry.test',
        plainHttp: name !== 'secure',
        slug: 's',
        ...(options.login === undefined ? {} : { credential: LOGIN }),
      });
    });
  }
});
void archiveOf;
void registryFor;
