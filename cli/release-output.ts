/** How releases are shown. Go: helm internal/cli/output/color.go, pkg/cmd/list.go */
import { visible } from '../src/error-frame.ts';
import { encodeBytes } from '../src/go/bytes.ts';
import { UTC } from '../src/go/zone.ts';
import { localZone, timeOf } from '../src/release/timestamp.ts';
import type { Timestamp } from '../src/release/types.ts';
import { wantsColor } from './flags/globals.ts';
import type { Call } from './types.ts';

/** Colours for the parts of a release, or none. */
export interface Paint {
  header(text: string): string;
  namespace(text: string): string;
  status(text: string): string;
  /** Text with colours as it is to be written; plain text is left to the stream. */
  done(text: string): string | Uint8Array;
}

const GREEN = 32;
const RED = 31;
const YELLOW = 33;
const CYAN = 36;

const COLORS: ReadonlyMap<string, number> = new Map([
  ['deployed', GREEN],
  ['failed', RED],
  ['unknown', RED],
  ['pending-install', YELLOW],
  ['pending-upgrade', YELLOW],
  ['pending-rollback', YELLOW],
  ['uninstalling', YELLOW],
]);

const plain = (text: string): string => text;

export function paintOf({ tree, io }: Call): Paint {
  if (!wantsColor(tree.globals, io.stdout)) {
    return { header: plain, namespace: plain, status: plain, done: plain };
  }
  const paint = (text: string, code: number): string => `\x1b[${code}m${text}\x1b[0m`;
  return {
    header: (text) => `\x1b[1m${text}\x1b[22m`,
    namespace: (text) => paint(text, CYAN),
    status: (text) => {
      const code = COLORS.get(text);
      return code === undefined ? text : paint(text, code);
    },
    done: (text) => encodeBytes(io.stdout.isTerminal ? cleaned(text) : text),
  };
}

/** The colours above, which do nothing worse wherever they come from. */
const PAINTED = /(\x1b\[(?:0|1|22|3[1236])m)/;

/** Everything but colours made visible: bytes go to a terminal as they are. */
function cleaned(text: string): string {
  return text
    .split(PAINTED)
    .map((part, i) => (i % 2 === 0 ? visible(part) : part))
    .join('');
}

/** A time as tables have it; it stands on the clocks of the place where it was taken. */
export function ansicTime(timestamp: Timestamp): string {
  return timeOf(timestamp, UTC).format('Mon Jan _2 15:04:05 2006');
}

/** A time as Go prints one, or in a layout of Go's; `-` for none. */
export async function updatedText(call: Call): Promise<(timestamp: Timestamp, layout: string) => string> {
  const local = await localZone(call.host.clock);
  return (timestamp, layout) => {
    if (timestamp === '') return '-';
    const time = timeOf(timestamp, local);
    return layout === '' ? time.string() : time.format(layout);
  };
}
