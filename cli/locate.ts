/** From what the user calls a chart to the path that it is at. Go: helm pkg/action/install.go LocateChart */
import { existsSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { PintleError } from '../src/errors.ts';
import { quote } from '../src/go/quote.ts';
import { trimSpace } from '../src/go/space.ts';
import { notYet } from './not-yet.ts';
import type { Call } from './types.ts';

const LOCAL = 'use the path of a chart folder or archive that is on this machine';

/** The absolute path of a chart. */
export function locateChart(reference: string, { flags, settings, io }: Call): string {
  const name = trimSpace(reference);
  if (flags.string('repo') === '') {
    const path = resolve(io.cwd(), name);
    if (name !== '' && existsSync(path)) {
      if (flags.bool('verify')) throw notYet('--verify is not supported yet', { hint: 'leave --verify out' });
      return path;
    }
    if (isAbsolute(name) || name.startsWith('.')) {
      throw new PintleError('CHART_NOT_FOUND', `path ${quote(name)} not found`);
    }
  }
  throw remote(name, flags.string('repo'), settings.repositoryConfig);
}

function remote(name: string, repo: string, repositoryConfig: string): PintleError {
  if (repo !== '')
    return notYet(`cannot look for ${name} in ${repo}: repositories are not supported yet`, { hint: LOCAL });
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(name)) {
    const kind = name.startsWith('oci://') ? 'registries' : 'URLs';
    return notYet(`cannot fetch ${name}: charts from ${kind} are not supported yet`, { hint: LOCAL });
  }
  const slash = name.indexOf('/');
  if (slash < 0) {
    const text = `non-absolute URLs should be in form of repo_name/path_to_chart, got: ${name}`;
    return new PintleError('CHART_NOT_FOUND', text, { hint: `there is no file or folder ${name} here; ${LOCAL}` });
  }
  if (!existsSync(repositoryConfig)) {
    return new PintleError('CHART_NOT_FOUND', `repo ${name.slice(0, slash)} not found`, {
      hint: `there is no file or folder ${name} here; ${LOCAL}`,
    });
  }
  return notYet(`cannot fetch ${name}: repositories are not supported yet`, { hint: LOCAL });
}
