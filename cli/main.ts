/** The command line: arguments in, text and an exit code out. */
import { formatError } from '../src/error-frame.ts';
import { PintleError } from '../src/errors.ts';
import { encodeBytes } from '../src/go/bytes.ts';
import { quote } from '../src/go/quote.ts';
import type { Log } from '../src/host.ts';
import type { Settings } from '../src/node/environment.ts';
import { checkArity, checkExclusive, findCommand, HELP_FLAG, rootNode, withHelpFlag } from './command.ts';
import { ROOT } from './commands/root.ts';
import { globalFlags, settingsOf, wantsColor } from './flags/globals.ts';
import { mayBePlugin } from './plugins/plugin-folder.ts';
import type { Host, Io, Output } from './terminal/io.ts';
import { textLog } from './terminal/log.ts';
import { processIo } from './terminal/process.ts';
import type { Call, Flags, Tree } from './types.ts';

const DRIVERS = new Set(['', 'secret', 'secrets', 'configmap', 'configmaps', 'memory', 'sql']);

/** Runs one command line (without the program's name) and answers with its exit code. */
export async function main(argv: readonly string[], io: Io, host: Host): Promise<number> {
  const { flags: globals, base } = globalFlags(io.env, io.platform);
  // Helm reads the global flags once before it knows the command, passing over what is wrong: a later word that
  // looks like a global flag counts, and repeated flags get their values twice.
  try {
    globals.parse(argv, true);
  } catch {
    // Reported when the command reads its flags.
  }
  const log = textLog(io.stderr, () => globals.bool('debug'));
  const compat = globals.bool('compat-errors');
  const tree: Tree = { root: rootNode(compat ? 'helm' : 'pintle', ROOT, globals), globals };
  try {
    const mode = globals.string('color');
    if (isCompletion(argv)) {
      const typed = argv.slice(1, -1);
      const all = mayBePlugin(tree, typed, base, io.env) ? await withPlugins(tree, base, log, true) : tree;
      return await complete(argv, {
        args: [],
        flags: globals,
        settings: base,
        io,
        host,
        log,
        tree: all,
        another: main,
      });
    }
    if (!['never', 'auto', 'always'].includes(mode)) {
      const error = `invalid color mode ${quote(mode)}: must be one of: never, auto, always`;
      log.log('WARN', 'command failed', { error });
      return 1;
    }
    const all = mayBePlugin(tree, argv, base, io.env) ? await withPlugins(tree, base, log, false) : tree;
    return await execute(argv, all, base, io, host, log);
  } catch (error) {
    // Helm ends for want of its store before it runs anything, with a line in the log instead of an error.
    const early = compat ? beforeStart(error) : undefined;
    if (early) log.log('INFO', early.message);
    else reportError(error, io.stderr, globals, compat);
    return exitCode(error);
  }
}

/** The fault of a store, as it was before commands said what they were doing. */
function beforeStart(error: unknown): PintleError | undefined {
  if (!(error instanceof PintleError) || !error.data['beforeStart']) return undefined;
  return beforeStart(error.cause) ?? error;
}

/** A program that we ran for the user may have an exit code to pass on. */
function exitCode(error: unknown): number {
  const code = error instanceof PintleError ? error.data['exitCode'] : undefined;
  return typeof code === 'number' ? code & 255 : 1;
}

async function withPlugins(tree: Tree, settings: Settings, log: Log, completing: boolean): Promise<Tree> {
  const { withPluginCommands } = await import('./plugins/plugin-commands.ts');
  return withPluginCommands(tree, settings, log, completing);
}

async function execute(
  argv: readonly string[],
  tree: Tree,
  base: Settings,
  io: Io,
  host: Host,
  log: Log,
): Promise<number> {
  const { node, args } = await findCommand(tree, argv);
  const flags = withHelpFlag(node, tree.globals);
  const { run, raw } = node.command;
  if (!raw) flags.parse(args);
  for (const notice of flags.notices) io.stderr.write(`${notice}\n`);
  if (flags.bool(HELP_FLAG) || run === undefined) {
    const { showHelp } = await import('./help.ts');
    showHelp(node, tree, io.stdout);
    return 0;
  }
  const driver = io.env['HELM_DRIVER'] ?? '';
  if (!DRIVERS.has(driver)) {
    log.log('INFO', `unknown driver ${quote(driver)}`);
    return 1;
  }
  if (!raw) checkArity(node, flags);
  checkExclusive(node, flags);
  const settings = settingsOf(tree.globals, base);
  return (await run({ args: raw ? args : flags.args, flags, settings, io, host, log, tree, another: main })) ?? 0;
}

function isCompletion(argv: readonly string[]): boolean {
  return argv[0] === '__complete' || argv[0] === '__completeNoDesc';
}

async function complete(argv: readonly string[], call: Call): Promise<number> {
  if (argv.length < 2) throw new PintleError('USAGE', 'requires at least 1 arg(s), only received 0');
  const { completeCommand } = await import('./complete/complete.ts');
  await completeCommand(call, argv.slice(1), argv[0] === '__complete');
  return 0;
}

function reportError(error: unknown, stderr: Output, globals: Flags, compat: boolean): void {
  const color = !compat && wantsColor(globals, stderr);
  const text = formatError(error, {
    compat,
    color,
    terminal: stderr.isTerminal,
    ...(stderr.columns === undefined ? {} : { columns: stderr.columns }),
  });
  stderr.write(color ? encodeBytes(text) : text);
  const after = error instanceof PintleError ? error.data['after'] : undefined;
  if (typeof after === 'string') stderr.write(`${after}\n`);
  if (!(error instanceof PintleError) && error instanceof Error && globals.bool('debug')) {
    stderr.write(`${error.stack ?? ''}\n`);
  }
}

/**
 * Runs the process' own command line. The process then ends by itself: `process.exit` is a tenth quicker, but Node waits
 * in it for its threads, and one that V8 has had collect garbage may wait for this one, so that it never ends.
 */
export async function runProcess(): Promise<void> {
  const { nodeHost } = await import('../src/node/host.ts');
  const isolated: Host['isolated'] = async (...job) => (await import('./isolation.ts')).isolated(...job);
  process.exitCode = await main(process.argv.slice(2), processIo(), { ...nodeHost(), isolated });
}
