/** What a Go template makes of a release. Go: helm pkg/cmd/printer.go tpl */
import { PintleError } from '../src/errors.ts';
import { Budget } from '../src/go/budget.ts';
import { GoError } from '../src/go/error.ts';
import { releaseView } from '../src/release/read/go-view.ts';
import { localZone } from '../src/release/timestamp.ts';
import type { Release } from '../src/release/types.ts';
import { withAnswers } from '../src/render/tape.ts';
import { BUILTINS } from '../src/template/builtins.ts';
import { createExecEnv, TemplateSet } from '../src/template/set.ts';
import type { Call } from './types.ts';

/** Helm gives its template no name. */
const NAME = '_';

/** @throws PintleError TEMPLATE_PARSE, TEMPLATE_EXEC */
export async function releaseTemplate(
  template: string,
  release: Release,
  labels: ReadonlyMap<string, string>,
  { host }: Call,
): Promise<string> {
  const local = await localZone(host.clock);
  const data = new Map([['Release', releaseView(release, labels, local)]]);
  const set = new TemplateSet(BUILTINS, { name: NAME, missingKey: 'invalid' });
  try {
    set.parse(NAME, template);
  } catch (error) {
    throw asFault('TEMPLATE_PARSE', error);
  }
  try {
    return await withAnswers(host, (world) =>
      set.execute(NAME, data, createExecEnv(set, { ...world, budget: new Budget() })),
    );
  } catch (error) {
    throw asFault('TEMPLATE_EXEC', error);
  }
}

function asFault(code: 'TEMPLATE_PARSE' | 'TEMPLATE_EXEC', error: unknown): unknown {
  return error instanceof GoError ? new PintleError(code, error.message, { cause: error }) : error;
}
