/** Clones of git repositories, by the git program. Go: Masterminds/vcs git.go */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PintleError } from '../../errors.ts';
import type { Environment } from '../environment.ts';
import { pluginTimeout } from './environment.ts';
import { runProgram } from './process.ts';
import { Collector } from './streams.ts';

const MAX_OUTPUT = 16 * 1024 * 1024;

interface Answer {
  readonly code: number;
  readonly output: string;
}

/** A clone in a folder, which may not be there yet. */
export class GitClone {
  readonly folder: string;
  readonly remote: string;
  private readonly env: Environment;

  private constructor(remote: string, folder: string, env: Environment) {
    this.remote = remote;
    this.folder = folder;
    this.env = env;
  }

  /**
   * The clone of `remote` in `folder`; an empty remote is that of the clone that is there.
   *
   * @throws PintleError where git is missing or the clone is of another repository. Go: NewGitRepo
   */
  static async open(remote: string, folder: string, env: Environment): Promise<GitClone> {
    const probe = new GitClone(remote, folder, env);
    if ((await probe.git(['--version'], null).catch(() => undefined)) === undefined) {
      throw failed('git is not installed');
    }
    if (!existsSync(join(folder, '.git'))) return probe;
    const { code, output } = await probe.git(['config', '--get', 'remote.origin.url']);
    if (code !== 0) throw failed(`Unable to retrieve local repo information: exit status ${code}`);
    const found = output.trim();
    if (remote !== '' && found !== remote) throw failed('The Remote does not match the VCS endpoint');
    return remote === '' && found !== '' ? new GitClone(found, folder, env) : probe;
  }

  /** Clones, or fetches what is new. */
  async sync(): Promise<void> {
    if (existsSync(this.folder)) return this.update();
    mkdirSync(dirname(this.folder), { recursive: true, mode: 0o755 });
    const answer = await this.git(['clone', '--recursive', '--', this.remote, this.folder], null);
    if (answer.code !== 0) {
      throw failed(`Unable to get repository: ${answer.output}: exit status ${answer.code}`, 'NETWORK_FAILED');
    }
  }

  async update(): Promise<void> {
    await this.must(['fetch', '--tags', '--', 'origin'], 'Unable to update repository');
    const head = await this.git(['symbolic-ref', '--quiet', 'HEAD']);
    // With a single commit checked out there is no branch to follow.
    if (head.code !== 0) return;
    await this.must(['pull'], 'Unable to update repository');
    await this.cleanSubmodules();
  }

  /** Checks a tag, branch or commit out. */
  async checkout(ref: string): Promise<void> {
    await this.must(['checkout', ref], 'Unable to update checked out version');
    await this.cleanSubmodules();
  }

  async isReference(ref: string): Promise<boolean> {
    if (ref.startsWith('-')) return false;
    if ((await this.git(['rev-parse', '--verify', ref])).code === 0) return true;
    return (await this.git(['show-ref', ref])).code === 0;
  }

  async tags(): Promise<string[]> {
    const { output } = await this.git(['show-ref']);
    return [...output.matchAll(/tags\/(\S+)$/gm)].map(([, tag]) => tag as string);
  }

  async isDirty(): Promise<boolean> {
    const { code, output } = await this.git(['diff']);
    return code !== 0 || output !== '';
  }

  /** Go: defendAgainstSubmodules */
  private async cleanSubmodules(): Promise<void> {
    const updating = 'Unexpected error while defensively updating submodules';
    await this.must(['submodule', 'update', '--init', '--recursive'], updating);
    const cleaning = 'Unexpected error while defensively cleaning up after possible derelict submodule directories';
    await this.must(['clean', '-x', '-d', '-f', '-f'], cleaning);
  }

  private async must(args: readonly string[], failure: string): Promise<void> {
    const { code, output } = await this.git(args);
    if (code === 0) return;
    throw failed(`${failure}: exit status ${code}`, 'PLUGIN_FAILED', output.trim());
  }

  private async git(args: readonly string[], cwd: string | null = this.folder): Promise<Answer> {
    const out = new Collector('git', MAX_OUTPUT);
    const variables = Object.entries(this.env).flatMap(([k, v]) => (v === undefined ? [] : [[k, v] as const]));
    const { code } = await runProgram({
      plugin: 'git',
      command: 'git',
      args,
      env: new Map(cwd === null ? variables : [...variables, ['PWD', cwd]]),
      stdin: 'ignore',
      stdout: out.add,
      stderr: out.add,
      timeout: pluginTimeout(this.env),
      ...(cwd === null ? {} : { cwd }),
    });
    return { code, output: Buffer.from(out.bytes()).toString('utf8') };
  }
}

function failed(message: string, code: 'PLUGIN_FAILED' | 'NETWORK_FAILED' = 'PLUGIN_FAILED', hint = ''): PintleError {
  return new PintleError(code, message, hint === '' ? {} : { hint: `git said: ${hint}` });
}
