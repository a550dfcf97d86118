/** The name of the release that a command line means. Go: helm pkg/action/install.go */
import { basename } from 'node:path';
import { PintleError } from '../../src/errors.ts';
import { fn } from '../../src/functions/func.ts';
import { GoError } from '../../src/go/error.ts';
import type { Call } from '../types.ts';
import { logVersion } from './version-flag.ts';

/** The name and the chart. `preset` is the name where none is given. Go: NameAndChart */
export async function nameAndChart(call: Call, preset = ''): Promise<{ name: string; reference: string }> {
  const { args, flags } = call;
  logVersion(call, 'Original chart version');
  const nameTemplate = flags.string('name-template');
  if (args.length > 2) {
    throw usage(`expected at most two arguments, unexpected arguments: ${args.slice(2).join(', ')}`);
  }
  const [first = '', second] = args;
  if (second !== undefined) {
    if (flags.bool('generate-name')) throw usage('cannot set --generate-name and also specify a name');
    if (nameTemplate !== '') throw usage('cannot set --name-template and also specify a name');
    return { name: first, reference: second };
  }
  if (nameTemplate !== '') return { name: await nameFrom(nameTemplate, call), reference: first };
  if (preset !== '') return { name: preset, reference: first };
  if (!flags.bool('generate-name')) throw usage('must either provide a name or specify --generate-name');
  return { name: generatedName(first, call), reference: first };
}

function usage(message: string): PintleError {
  return new PintleError('USAGE', message);
}

function generatedName(chart: string, { host }: Call): string {
  const base = basename(chart);
  const word = base === '.' || base === '' ? 'chart' : (base.split('.', 1)[0] as string);
  return `${word}-${Math.floor(host.clock.now().milliseconds / 1000)}`;
}

/** Go: TemplateName. Unlike charts, the user may read the environment. */
async function nameFrom(template: string, { io, host }: Call): Promise<string> {
  const [{ FunctionTable }, { renderText }] = await Promise.all([
    import('../../src/functions/table.ts'),
    import('../template-text.ts'),
  ]);
  const read = (name: string): string => io.env[name] ?? '';
  const functions = new FunctionTable([
    ['env', fn(['string'], 'string', (_env, name) => read(name))],
    [
      'fail',
      fn(['string'], 'string', (_env, message) => {
        throw new GoError(message);
      }),
    ],
    ['expandenv', fn(['string'], 'string', (_env, text) => expand(text, read))],
  ]);
  return renderText('name-template', template, undefined, functions, host);
}

/** Go: os.Expand: `$name`, `${name}`, one-character specials; a `$` before anything else goes away. */
function expand(text: string, read: (name: string) => string): string {
  return text.replace(/\$(?:\{([^}]*)\}|([*#$@!?0-9-])|(\w+)|\{)/g, (_, braced, special, word) =>
    read(braced ?? special ?? word ?? ''),
  );
}
