/** `--post-renderer`: a plugin or program that changes manifests on their way. Go: helm pkg/postrenderer */
import { spawnSync } from 'node:child_process';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { PintleError } from '../../src/errors.ts';
import { decodeBytes, encodeBytes } from '../../src/go/bytes.ts';
import { quote } from '../../src/go/quote.ts';
import type { PostRender } from '../../src/library/render-release.ts';
import { mergeForPostRender, splitPostRendered } from '../../src/manifests/post-render.ts';
import { isBlank } from '../../src/manifests/split.ts';
import { settingsVariables } from '../../src/node/environment.ts';
import type { Plugin } from '../../src/node/plugins/discover.ts';
import { pluginTimeout } from '../../src/node/plugins/environment.ts';
import { findPostRenderer, runPostRenderer } from '../../src/node/plugins/post-renderer.ts';
import { isProgram } from '../../src/node/plugins/process.ts';
import type { Io } from '../terminal/io.ts';
import type { Call } from '../types.ts';

const LARGEST_OUTPUT = 512 * 1024 * 1024;

/** The step that the flags ask for: a plugin, or else a program, as in Helm 3. */
export function postRenderOf(call: Call): PostRender {
  const name = call.flags.string('post-renderer');
  const plugin = pluginOf(name, call);
  const path = plugin === undefined ? findProgram(name, call.io) : undefined;
  if (plugin === undefined && path === undefined) {
    const reason = `plugin: {Name:${name} Type:postrenderer/v1} not found`;
    throw invalidName(name, reason, 'give the name of a plugin, the path of a program, or the name of one on PATH');
  }
  return async (files) => {
    const manifests = mergeForPostRender(files);
    const output =
      plugin === undefined ? run(name, path as string, manifests, call) : runPlugin(plugin, manifests, call);
    return splitPostRendered(checked(name, await output));
  };
}

function invalidName(name: string, reason: string, hint?: string): PintleError {
  const message = `invalid argument ${quote(name)} for "--post-renderer" flag: ${reason}`;
  return new PintleError('USAGE', message, hint === undefined ? {} : { hint });
}

function pluginOf(name: string, { settings, io, log }: Call): Plugin | undefined {
  if (name.includes('/')) return undefined;
  try {
    return findPostRenderer(settings, io.env, name, log);
  } catch (error) {
    throw invalidName(name, (error as Error).message);
  }
}

function failed(what: string, hint?: string): PintleError {
  const message = `error while running post render on files: ${what}`;
  return new PintleError('POST_RENDER_FAILED', message, hint ? { hint } : {});
}

function checked(name: string, output: string): string {
  if (isBlank(output)) throw failed(`post-renderer ${quote(name)} produced empty output`);
  return output;
}

async function runPlugin(plugin: Plugin, manifests: string, { flags, settings, io, log }: Call): Promise<string> {
  const world = { settings, env: io.env, program: io.program };
  try {
    return await runPostRenderer(plugin, flags.list('post-renderer-args'), manifests, world, log);
  } catch (error) {
    if (!(error instanceof PintleError) || error.code === 'ABORTED') throw error;
    throw failed(error.message, error.hint);
  }
}

function run(name: string, path: string, input: string, { flags, settings, io }: Call): string {
  const variables = Object.fromEntries(settingsVariables(settings, io.program, settings.namespace));
  const { status, signal, error, stdout, stderr } = spawnSync(path, [...flags.list('post-renderer-args')], {
    cwd: io.cwd(),
    env: { ...io.env, ...variables },
    input: encodeBytes(input),
    maxBuffer: LARGEST_OUTPUT,
    timeout: pluginTimeout(io.env),
  });
  const invoke = `failed to invoke post-renderer plugin ${quote(name)}: `;
  // A program that ends without reading all of its input breaks the pipe; that is no failure.
  if (error && (error as NodeJS.ErrnoException).code !== 'EPIPE') throw failed(invoke + error.message);
  if (status !== 0 || signal) {
    const said = stderr.toString('utf8').trim();
    throw failed(`${invoke}plugin ${quote(name)} exited with error`, said && `the program said: ${said.slice(-2000)}`);
  }
  return decodeBytes(stdout);
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
