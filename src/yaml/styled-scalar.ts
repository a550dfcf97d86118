import { isPrintable } from './scalar-style.ts';
import { isBlank, isBreak } from './tokens.ts';

/** What a scalar's text allows. Go: yaml.v3 emitterc.go yaml_emitter_analyze_scalar. */
export interface ScalarTraits {
  readonly multiline: boolean;
  readonly flowPlain: boolean;
  readonly blockPlain: boolean;
  readonly single: boolean;
  readonly block: boolean;
}

const EMPTY: ScalarTraits = { multiline: false, flowPlain: false, blockPlain: true, single: true, block: false };

const FIRST_INDICATORS = '#,[]{}&*!|>\'"%@`';
const FLOW_INDICATORS = ',?[]{}';

/** Looks at a scalar as a whole. */
export function scalarTraits(value: string): ScalarTraits {
  if (value === '') return EMPTY;
  const marks = indicators(value);
  const n = value.length;
  const first = value.charCodeAt(0);
  const last = value.charCodeAt(n - 1);
  let multiline = false;
  let tab = false;
  let special = false;
  let breakSpace = false;
  let spaceBreak = false;
  for (let i = 0; i < n; i++) {
    const c = value.charCodeAt(i);
    if (c > 32 && c < 127) continue;
    if (c === 9) tab = true;
    else if (!isPrintable(value, i, c)) special = true;
    if (c === 32) {
      if (i > 0 && isBreak(value.charCodeAt(i - 1))) breakSpace = true;
    } else if (isBreak(c)) {
      multiline = true;
      if (i > 0 && value.charCodeAt(i - 1) === 32) spaceBreak = true;
    }
  }
  const edge = first === 32 || isBreak(first) || last === 32 || isBreak(last);
  const single = !(breakSpace || spaceBreak || tab || special);
  const plain = single && !edge && !multiline;
  return {
    multiline,
    flowPlain: plain && !marks.flow,
    blockPlain: plain && !marks.block,
    single,
    block: last !== 32 && !spaceBreak && !special,
  };
}

/** Whether the text holds what means something else in plain style. */
function indicators(value: string): { flow: boolean; block: boolean } {
  let block = value.startsWith('---') || value.startsWith('...');
  let flow = block;
  const n = value.length;
  for (let i = 0; i < n; i++) {
    const c = value.charCodeAt(i);
    if (i === 0 && FIRST_INDICATORS.includes(value[0] as string)) return { flow: true, block: true };
    const ended = i + 1 >= n || isBlank(value.charCodeAt(i + 1));
    if (c === 58 || (c === 63 && i === 0)) {
      flow = true;
      if (ended) block = true;
    } else if (c === 45 && i === 0) {
      if (ended) flow = block = true;
    } else if (c === 35) {
      const before = value.charCodeAt(i - 1);
      if (isBlank(before) || isBreak(before) || before === 0) flow = block = true;
    } else if (i > 0 && FLOW_INDICATORS.includes(value[i] as string)) flow = true;
    if (block) break;
  }
  return { flow, block };
}

/** What stands behind `|` or `>`. Go: yaml_emitter_write_block_scalar_hints. */
export function blockHints(value: string): string {
  const first = value.charCodeAt(0);
  const indent = first === 32 || isBreak(first) ? '2' : '';
  const last = value.length - 1;
  if (last < 0 || !isBreak(value.charCodeAt(last))) return `${indent}-`;
  return last === 0 || isBreak(value.charCodeAt(last - 1)) ? `${indent}+` : indent;
}

/** Words that are booleans to yaml.v2 and strings to yaml.v3. */
export function isOldBoolean(value: string): boolean {
  return OLD_BOOLEANS.has(value.toLowerCase());
}

const OLD_BOOLEANS: ReadonlySet<string> = new Set(['y', 'n', 'yes', 'no', 'on', 'off']);
