import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PintleError } from '../../../src/errors.ts';
import { type ChartLocation, type Downloaded, downloadChart } from '../../../src/node/download/download.ts';
import { writeFileAtomic } from '../../../src/node/files/atomic-file.ts';
import { expandArchive, refuseExisting } from '../../../src/node/files/expand-archive.ts';
import { osErrorText } from '../../../src/node/files/os-error.ts';
import { verificationLines } from '../../../src/provenance/verification.ts';
import { chartLocation, checkTlsFiles } from '../../remote.ts';
import type { Call } from '../../types.ts';
import { worldOf } from '../../world.ts';

/** What `pintle pull` does. Go: helm pkg/action/pull.go */
export async function runPull(call: Call): Promise<number> {
  const { args, flags, log } = call;
  if (flags.string('version') === '' && flags.bool('devel')) log.log('DEBUG', 'setting version to >0.0.0-0');
  checkTlsFiles(call);
  const verify = flags.bool('verify') ? 'always' : flags.bool('prov') ? 'later' : 'never';
  const location: ChartLocation = { ...chartLocation(call), version: flags.string('version'), verify };
  for (const reference of args) await pull(reference, location, call);
  return 0;
}

async function pull(reference: string, location: ChartLocation, call: Call): Promise<void> {
  const world = worldOf(call);
  const chart = await downloadChart(reference, location, world);
  if (!call.flags.bool('untar')) save(chart, call);
  for (const line of chart.verification ? verificationLines(chart.verification) : []) world.out(line);
  if (call.flags.bool('untar')) unpack(chart, reference, call);
}

function save({ bytes, fileName, provenance }: Downloaded, { flags, io }: Call): void {
  const shown = join(flags.string('destination'), fileName);
  const path = resolve(io.cwd(), shown);
  try {
    statSync(resolve(io.cwd(), flags.string('destination')));
  } catch (error) {
    throw new PintleError('FILE_IO', osErrorText('open', shown, error), {
      hint: '--destination must be a folder that is there',
      cause: error,
    });
  }
  writeFileAtomic(path, bytes);
  if (provenance !== undefined) writeFileAtomic(`${path}.prov`, provenance);
}

function unpack({ bytes }: Downloaded, reference: string, { flags, io }: Call): void {
  const folder = flags.string('untardir');
  const shown = folder.startsWith('/') ? folder : join(flags.string('destination'), folder);
  // Helm looks for a folder that is named as the reference ends, whatever the chart's name is.
  const last = join(shown, reference.slice(reference.lastIndexOf('/') + 1));
  refuseExisting(resolve(io.cwd(), last), last);
  expandArchive(bytes, resolve(io.cwd(), shown), shown);
}
