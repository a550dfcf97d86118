import { join } from 'node:path';
import { type ErrorCode, PintleError } from '../../../src/errors.ts';
import { validateReleaseName } from '../../../src/library/release-name.ts';
import type { ReleaseRequest } from '../../../src/library/render-release.ts';
import { renderReleaseWhereAsked } from '../../../src/library/render-where.ts';
import type { RenderedFile } from '../../../src/manifests/manifest.ts';
import { type Documents, documentsOf, printDocument, showOnly, templateText } from '../../../src/manifests/output.ts';
import { isBlank, trimSpace } from '../../../src/manifests/split.ts';
import { keptCharts } from '../../../src/node/charts/kept-charts.ts';
import { keptOutlines } from '../../../src/node/charts/outlines.ts';
import { currentNamespace } from '../../../src/node/kubeconfig.ts';
import { SYSTEM_LABELS } from '../../../src/release/labels.ts';
import { makeCapabilities } from '../../../src/render/capabilities.ts';
import { dryRunOf } from '../../flags/dry-run.ts';
import { logWaitWarning } from '../../flags/flags.ts';
import { kubeVersionOf } from '../../flags/kube-version.ts';
import { nameAndChart } from '../../flags/release-name.ts';
import { installableChart } from '../../install-chart.ts';
import { lookUpHost } from '../../look-up-host.ts';
import { writeDocuments } from '../../output-files.ts';
import type { Call } from '../../types.ts';
import { PINTLE_VERSION } from '../../version.ts';

/** What `pintle template` does. Go: helm pkg/cmd/template.go */
export async function runTemplate(call: Call): Promise<number> {
  const { flags, settings, log } = call;
  const isServer = dryRunOf(call, true) === 'server' || flags.bool('validate');
  if (!isServer) logWaitWarning(call);
  const postRender = flags.string('post-renderer') && (await import('../../plugins/post-render.ts')).postRenderOf(call);
  const kubeVersion = kubeVersionOf(flags.string('kube-version'));
  const { name, reference } = await nameAndChart(call, 'release-name');
  const { cache } = settings.folders;
  const charts = call.io.charts ?? keptCharts(join(cache, 'charts'), PINTLE_VERSION);
  const { chart, values } = await installableChart(reference, call, charts);
  checkName(name, call);
  checkLabels(call);
  const { length } = chart.dependencies;
  log.log('DEBUG', 'number of dependencies in the chart', { chart: chart.metadata.name, dependencies: length });
  const dns = flags.bool('enable-dns') && { resolveHost: lookUpHost };
  if (isServer) {
    const { renderOnServer } = await import('./template-server.ts');
    const work = renderOnServer({ chart, values }, call, { name, ...(postRender && { postRender }), ...dns });
    return printOf(work, name, call);
  }
  // A process that renders many charts knows for itself what it has parsed.
  const outlines =
    call.io.charts || flags.bool('isolate')
      ? undefined
      : keptOutlines(chart, join(cache, 'templates'), PINTLE_VERSION, () => charts.nameOf?.(chart));
  const request: ReleaseRequest = {
    name,
    namespace: await currentNamespace(settings, call.io.env),
    isUpgrade: flags.bool('is-upgrade'),
    capabilities: makeCapabilities(kubeVersion?.version, flags.list('api-versions')),
    skipSchemaValidation: flags.bool('skip-schema-validation'),
    host: call.host,
    isolate: flags.bool('isolate'),
    log,
    ...(outlines && { outlines }),
    ...(postRender && { postRender }),
    ...dns,
  };
  const exit = await printOf(renderReleaseWhereAsked(chart, values, request), name, call);
  await charts.save?.();
  await outlines?.save();
  return exit;
}

async function printOf(rendered: Promise<Documents>, name: string, call: Call): Promise<number> {
  const { debug } = call.settings;
  try {
    print(await rendered, name, call);
    return 0;
  } catch (error) {
    if (debug) printInvalid(error, call);
    throw debug ? error : withDebugAdvice(error);
  }
}

/** Helm writes the same error to the log first. */
function checkName(name: string, { log }: Call): void {
  try {
    validateReleaseName(name);
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    log.log('ERROR', 'release name check failed', { error: error.message });
    throw new PintleError(error.code, `release name check failed: ${error.message}`, {
      hint: 'use lower-case letters, digits and dashes, e.g. web-1',
      cause: error,
    });
  }
}

function checkLabels({ flags }: Call): void {
  const labels = flags.value('labels') as ReadonlyMap<string, string>;
  if (!SYSTEM_LABELS.some((name) => labels.has(name))) return;
  const rule = 'user supplied labels contains system reserved label name';
  throw new PintleError('USAGE', `${rule}. System labels: [${SYSTEM_LABELS.join(' ')}]`);
}

function print(release: Documents, name: string, { flags, io }: Call): void {
  const options = {
    includeCrds: flags.bool('include-crds'),
    noHooks: flags.bool('no-hooks'),
    skipTests: flags.bool('skip-tests'),
  };
  const folder = flags.string('output-dir');
  let text: string;
  if (folder === '') {
    text = templateText(release, options);
  } else {
    const none = { crds: [], manifests: [], hooks: [] };
    const inner = flags.bool('release-name') ? join(folder, name) : folder;
    writeDocuments(
      folder,
      inner,
      {
        crds: documentsOf({ ...none, crds: release.crds }, options),
        manifests: documentsOf({ ...none, manifests: release.manifests }, options),
        hooks: documentsOf({ ...none, hooks: release.hooks }, options),
      },
      io,
    );
    text = '\n';
  }
  const patterns = flags.list('show-only');
  io.stdout.write(patterns.length === 0 ? text : showOnly(text, patterns));
}

/** What failed once there was something of a release: Helm shows the rest of it with --debug. */
const PARTIAL: ReadonlySet<ErrorCode> = new Set([
  'BUDGET_EXCEEDED',
  'FILE_IO',
  'KUBE_VERSION_INCOMPATIBLE',
  'MANIFEST_INVALID',
  'POST_RENDER_FAILED',
  'TEMPLATE_EXEC',
  'TEMPLATE_FAIL',
  'TEMPLATE_PARSE',
]);

function withDebugAdvice(error: unknown): unknown {
  if (!(error instanceof PintleError) || !PARTIAL.has(error.code)) return error;
  return error.withMessage(`${error.message}\n\nUse --debug flag to render out invalid YAML`);
}

/** With --debug, what was rendered is printed even where it is no YAML. */
function printInvalid(error: unknown, { flags, io }: Call): void {
  if (!(error instanceof PintleError) || !PARTIAL.has(error.code)) return;
  const files = (error.data['files'] ?? []) as readonly RenderedFile[];
  const documents = files
    .filter((file) => !isBlank(file.text))
    .map((file) => printDocument({ source: file.name, text: file.text }));
  const text = `${trimSpace(documents.join(''))}\n`;
  const patterns = flags.list('show-only');
  try {
    io.stdout.write(patterns.length === 0 ? text : showOnly(text, patterns));
  } catch {
    // Then what was asked for is not to be seen; the error that matters follows.
  }
}
