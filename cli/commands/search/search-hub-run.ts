import { PintleError } from '../../../src/errors.ts';
import { decodeBytes } from '../../../src/go/bytes.ts';
import { GoError } from '../../../src/go/error.ts';
import { quote } from '../../../src/go/quote.ts';
import { record } from '../../../src/go/record.ts';
import { hostname, parseUrl } from '../../../src/go/url.ts';
import { type HubChart, hubSearchUrl, readHubAnswer } from '../../../src/repository/hub.ts';
import { printFound } from '../../found.ts';
import type { Call } from '../../types.ts';
import { worldOf } from '../../world.ts';

/** The longest answer, in bytes. */
const MAX_ANSWER = 64 * 1024 * 1024;

/** What `pintle search hub` does. Go: helm pkg/cmd/search_hub.go */
export async function runSearchHub(call: Call): Promise<number> {
  const { args, flags } = call;
  const endpoint = flags.string('endpoint');
  checkEndpoint(endpoint);
  const results = await ask(endpoint, args.join(' '), call);
  const withUrl = flags.bool('list-repo-url');
  const columns = ['URL', 'CHART VERSION', 'APP VERSION', 'DESCRIPTION', ...(withUrl ? ['REPO URL'] : [])];
  printFound(call, columns, results, {
    data: ({ url, version, appVersion, description, repository }) =>
      record([
        ['url', url],
        ['version', version],
        ['app_version', appVersion],
        ['description', description],
        [
          'repository',
          record([
            ['url', repository.url],
            ['name', repository.name],
          ]),
        ],
      ]),
    row: ({ url, version, appVersion, description, repository }) => [
      url,
      version,
      appVersion,
      description,
      ...(withUrl ? [repository.url] : []),
    ],
  });
  return 0;
}

/** Go: helm internal/monocular/client.go validate */
function checkEndpoint(endpoint: string): void {
  let reason = 'no hostname provided';
  try {
    if (hostname(parseUrl(endpoint)) !== '') return;
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    reason = error.message;
  }
  throw new PintleError('USAGE', `unable to create connection to ${quote(endpoint)}: ${reason}`);
}

async function ask(endpoint: string, term: string, call: Call): Promise<HubChart[]> {
  const url = hubSearchUrl(endpoint, term);
  try {
    const answer = await worldOf(call).http.request(url, { maxBytes: MAX_ANSWER, compression: true });
    if (answer.status !== 200) {
      await answer.discard();
      const status = `${answer.status} ${answer.statusText}`.trimEnd();
      throw new PintleError('NETWORK_FAILED', `failed to fetch ${url} : ${status}`);
    }
    return readHubAnswer(decodeBytes(await answer.bytes()), endpoint);
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    call.log.log('DEBUG', 'search failed', { error: error.message });
    throw new PintleError(error.code, `unable to perform search against ${quote(endpoint)}`, {
      cause: error,
      hint: error.message,
    });
  }
}
