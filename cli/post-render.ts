/** `--post-renderer`: a program that changes manifests on their way. Go: helm pkg/postrenderer */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { PintleError } from '../src/errors.ts';
import { decodeBytes, encodeBytes } from '../src/go/bytes.ts';
import { quote } from '../src/go/quote.ts';
import type { PostRender } from '../src/library/render-release.ts';
import { mergeForPostRender, splitPostRendered } from '../src/manifests/post-render.ts';
import { isBlank } from '../src/manifests/split.ts';
import { settingsVariables } from '../src/node/environment.ts';
import type { Io } from './io.ts';
import type { Call } from './types.ts';

const LARGEST_OUTPUT = 512 * 1024 * 1024;

/** The step that the flags ask for. */
export function postRenderOf(call: Call): PostRender {
  const name = call.flags.string('post-renderer');
  const path = findProgram(name, call.io);
  if (path === undefined) {
    const reason = `plugin: {Name:${name} Type:postrenderer/v1} not found`;
    throw new PintleError('USAGE', `invalid argument ${quote(name)} for "--post-renderer" flag: ${reason}`, {
      hint: 'give the path of a program, or the name of one on PATH; plugins are not supported yet',
    });
  }
  const args = call.flags.list('post-renderer-args');
  return async (files) => splitPostRendered(run(name, path, args, mergeForPostRender(files), call));
}

function run(name: string, path: string, args: readonly string[], input: string, { settings, io }: Call): string {
  const fail = (what: string, hint?: string): PintleError => {
    const message = `error while running post render on files: ${what}`;
    return new PintleError('POST_RENDER_FAILED', message, hint ? { hint } : {});
  };
  const variables = Object.fromEntries(settingsVariables(settings, io.program, settings.namespace));
  const { status, signal, error, stdout, stderr } = spawnSync(path, [...args], {
    cwd: io.cwd(),
    env: { ...io.env, ...variables },
    input: encodeBytes(input),
    maxBuffer: LARGEST_OUTPUT,
  });
  const invoke = `failed to invoke post-renderer plugin ${quote(name)}: `;
  // A program that ends without reading all of its input breaks the pipe; that is no failure.
  if (error && (error as NodeJS.ErrnoException).code !== 'EPIPE') throw fail(invoke + error.message);
  if (status !== 0 || signal) {
    const said = stderr.toString('utf8').trim();
    throw fail(`${invoke}plugin ${quote(name)} exited with error`, said && `the program said: ${said.slice(-2000)}`);
  }
  const output = decodeBytes(stdout);
  if (isBlank(output)) throw fail(`post-renderer ${quote(name)} produced empty output`);
  return output;
}

/** A path as it is, a name along PATH. */
function findProgram(name: string, io: Io): string | undefined {
  if (isAbsolute(name) || name.includes('/')) {
    const path = resolve(io.cwd(), name);
    return isProgram(path) ? path : undefined;
  }
  const folders = (io.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
