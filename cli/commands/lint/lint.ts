import { bool, string } from '../../flags/flag-types.ts';
import { flag, LOCKED_FLAG, VALUES_FLAGS } from '../../flags/flags.ts';
import type { Command } from '../../types.ts';

/** `pintle lint` */
export const lint: Command = {
  use: 'lint PATH',
  long: `Look for mistakes in charts: folders or archives.

[ERROR] is what keeps a chart from being installed, [WARNING] what goes against convention, [INFO]
what could be better. Errors make the command fail; with --strict, warnings do, too.`,
  examples: `
pintle lint ./chart

# as it will be used
pintle lint ./chart -f production.yaml --kube-version 1.34 --strict`,
  arity: { min: 1 },
  flags: [
    flag('strict', bool, false, 'fail on warnings'),
    flag('with-subcharts', bool, false, 'lint the charts in charts/, too'),
    flag('quiet', bool, false, 'print only warnings and errors'),
    flag('skip-schema-validation', bool, false, "do not check values against the chart's schemas"),
    flag('kube-version', string, '', 'Kubernetes version that templates see, and whose removed APIs are looked for'),
    LOCKED_FLAG,
    ...VALUES_FLAGS,
  ],
  run: async (call) => (await import('./lint-run.ts')).runLint(call),
};
