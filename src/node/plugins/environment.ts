/** What a plugin's program finds in its environment. Go: helm internal/plugin/runtime_subprocess.go */
import { parseDuration } from '../../go/duration.ts';
import type { Platform } from '../../plugin/command.ts';
import { type Environment, type Settings, settingsVariables } from '../environment.ts';
import { currentNamespace } from '../kubeconfig.ts';
import { ownProgram } from '../own-program.ts';
import type { Plugin } from './discover.ts';

/** The surroundings that plugins run in. */
export interface PluginWorld {
  readonly settings: Settings;
  readonly env: Environment;
  /** What HELM_BIN says: a program that plugins can call as they would call Helm. */
  readonly program?: string;
}

/**
 * The whole environment of this process, the settings as HELM_* variables, and what is the plugin's own. Where
 * PINTLE_PLUGIN_ENV is set, of this process's environment only the names listed there: `PATH,HOME,AWS_*`.
 */
export async function pluginEnvironment(
  plugin: Plugin,
  { settings, env, program = ownProgram() }: PluginWorld,
): Promise<Map<string, string>> {
  const out = inherited(env);
  const namespace = await currentNamespace(settings, env);
  for (const [name, value] of settingsVariables(settings, program, namespace)) out.set(name, value);
  out.set('HELM_PLUGIN_NAME', plugin.metadata.name);
  out.set('HELM_PLUGIN_DIR', plugin.dir);
  return out;
}

function inherited(env: Environment): Map<string, string> {
  const list = env['PINTLE_PLUGIN_ENV'];
  const patterns = list === undefined ? undefined : list.split(',').map((word) => word.trim());
  const out = new Map<string, string>();
  for (const [name, value] of Object.entries(env)) {
    if (name === '' || value === undefined) continue;
    if (patterns === undefined || patterns.some((pattern) => matches(pattern, name))) out.set(name, value);
  }
  return out;
}

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

const SYSTEMS: Readonly<Record<string, string>> = { win32: 'windows', sunos: 'solaris' };

const PROCESSORS: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', mipsel: 'mipsle' };

/** This machine by Go's names. */
export function thisPlatform(): Platform {
  const { platform, arch } = process;
  return { os: SYSTEMS[platform] ?? platform, arch: arch === 'ppc64' ? ppc64() : (PROCESSORS[arch] ?? arch) };
}

function ppc64(): string {
  return new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 'ppc64le' : 'ppc64';
}

/** How long hooks, getters and post-renderers may take, in milliseconds: PINTLE_PLUGIN_TIMEOUT, else ten minutes. */
export function pluginTimeout(env: Environment): number {
  const text = env['PINTLE_PLUGIN_TIMEOUT'];
  if (!text) return 600_000;
  try {
    return Math.max(1, Number(parseDuration(text) / 1_000_000n));
  } catch {
    return 600_000; // As with Helm's own variables, what does not parse falls back without a word.
  }
}
