import { noMore } from '../complete/completers.ts';
import { bool } from '../flags/flag-types.ts';
import type { Call, Command, Entry } from '../types.ts';

interface Shell {
  readonly name: string;
  readonly load: string;
  readonly keep: string;
  script(program: string, request: string): Promise<string>;
}

const SHELLS: readonly Shell[] = [
  {
    name: 'bash',
    load: 'source <(pintle completion bash)',
    keep: 'pintle completion bash > /etc/bash_completion.d/pintle',
    script: async (program, request) => (await import('../complete/bash.ts')).bashScript(program, request),
  },
  {
    name: 'fish',
    load: 'pintle completion fish | source',
    keep: 'pintle completion fish > ~/.config/fish/completions/pintle.fish',
    script: async (program, request) => (await import('../complete/fish.ts')).fishScript(program, request),
  },
  {
    name: 'powershell',
    load: 'pintle completion powershell | Out-String | Invoke-Expression',
    keep: 'pintle completion powershell >> $PROFILE',
    script: async (program, request) => (await import('../complete/powershell.ts')).powershellScript(program, request),
  },
  {
    name: 'zsh',
    load: 'source <(pintle completion zsh)',
    keep: 'pintle completion zsh > "$' + '{fpath[1]}/_pintle"',
    script: async (program, request) => (await import('../complete/zsh.ts')).zshScript(program, request),
  },
];

function entry(shell: Shell): Entry {
  const command: Command = {
    use: shell.name,
    long: `Print a script that completes commands, flags and their values in ${shell.name}.

With \`alias helm=pintle\`, put the alias before the script: it completes the name helm, too.`,
    examples: `
# in this session
${shell.load}

# in every session
${shell.keep}`,
    arity: { max: 0 },
    complete: noMore,
    flags: [
      { name: 'no-descriptions', type: bool, default: false, bare: 'true', usage: 'complete without descriptions' },
    ],
    async run(call: Call) {
      const request = call.flags.bool('no-descriptions') ? '__completeNoDesc' : '__complete';
      call.io.stdout.write(await shell.script('pintle', request));
      return 0;
    },
  };
  return { name: shell.name, short: `print the script for ${shell.name}`, load: async () => command };
}

/** `pintle completion` */
export const completion: Command = {
  use: 'completion',
  long: 'Print a script that completes commands, flags and their values in your shell.',
  arity: { max: 0 },
  commands: SHELLS.map(entry),
};
