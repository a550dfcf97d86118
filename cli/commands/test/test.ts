import { releaseName } from '../../complete/release-completers.ts';
import { TEST_FLAGS } from '../../flags/deploy-flags.ts';
import type { Command } from '../../types.ts';

/** `pintle test` */
export const test: Command = {
  use: 'test [RELEASE]',
  long: `Run the tests of a release: the hooks of its chart that are annotated helm.sh/hook: test.

A test is a pod or a job, and passes when it ends well. What was found is kept in the release's
record; \`pintle status\` shows it.`,
  examples: `
# all tests, with what they printed
pintle test web --logs

# one of them
pintle test web --filter name=web-connection`,
  arity: { min: 1, max: 1 },
  flags: TEST_FLAGS,
  complete: releaseName,
  run: async (call) => (await import('./test-run.ts')).runTest(call),
};
