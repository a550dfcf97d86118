import { fromByteString, toByteString } from '../../go/byte-string.ts';
import { byteLength } from '../../go/bytes.ts';
import { GoError } from '../../go/error.ts';
import { quoteRune } from '../../go/quote.ts';
import { compileRegexp } from '../../go/regexp.ts';
import { parseTime } from '../../go/time-parse.ts';
import type { Value } from '../../go/value.ts';
import { UTC } from '../../go/zone.ts';
import {
  checkEmail,
  checkHostname,
  checkIpv4,
  checkIpv6,
  checkUri,
  checkUriReference,
  checkUriTemplate,
} from './format-net.ts';
import { checkDuration, checkTime, isDigit } from './format-time.ts';

/** A format that is asserted. */
export interface Format {
  readonly name: string;
  /** What is wrong with a value, or undefined. Values other than strings are right. */
  check(value: Value): string | undefined;
}

/** What is wrong with a text, or undefined; a GoError says it too. */
type TextCheck = (text: string) => string | undefined;

const CHECKS: ReadonlyMap<string, TextCheck> = new Map([
  ['date', checkDate],
  ['date-time', checkDateTime],
  ['duration', checkDuration],
  ['email', checkEmail],
  ['hostname', checkHostname],
  ['ipv4', checkIpv4],
  ['ipv6', checkIpv6],
  ['iri', checkUri],
  ['iri-reference', checkUriReference],
  ['json-pointer', checkJsonPointer],
  ['period', checkPeriod],
  ['regex', checkRegex],
  ['relative-json-pointer', checkRelativeJsonPointer],
  ['semver', checkSemver],
  ['time', checkTime],
  ['uri', checkUri],
  ['uri-reference', checkUriReference],
  ['uri-template', checkUriTemplate],
  ['uuid', checkUuid],
]);

/** The format that a `format` keyword names; undefined for one that is not checked. Go: jsonschema format.go */
export function formatOf(name: Value): Format | undefined {
  const check = typeof name === 'string' ? CHECKS.get(name) : undefined;
  if (check === undefined) return undefined;
  return { name: name as string, check: (value) => (typeof value === 'string' ? problem(check, value) : undefined) };
}

function problem(check: TextCheck, text: string): string | undefined {
  try {
    return check(text);
  } catch (err) {
    if (err instanceof GoError) return err.message;
    throw err;
  }
}

/** A problem of a part, with what the part is. */
function within(part: string, check: TextCheck, text: string): string | undefined {
  const found = problem(check, text);
  return found === undefined ? undefined : `${part}: ${found}`;
}

function checkRegex(text: string): undefined {
  compileRegexp(text);
}

function checkDate(text: string): undefined {
  parseTime('2006-01-02', text, UTC, UTC);
}

function checkDateTime(time: string): string | undefined {
  const text = toByteString(time);
  if (text.length < 20) return 'less than 20 characters long';
  if (text[10] !== 't' && text[10] !== 'T') return '11th character must be t or T';
  return (
    within('invalid date element', checkDate, fromByteString(text.slice(0, 10))) ??
    within('invalid time element', checkTime, fromByteString(text.slice(11)))
  );
}

function checkPeriod(text: string): string | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return 'missing slash';
  const start = text.slice(0, slash);
  const end = text.slice(slash + 1);
  if (start.startsWith('P')) {
    return (
      within('invalid start duration', checkDuration, start) ?? within('invalid end date-time', checkDateTime, end)
    );
  }
  const first = within('invalid start date-time', checkDateTime, start);
  if (first !== undefined) return first;
  if (end.startsWith('P')) return within('invalid end duration', checkDuration, end);
  return within('invalid end date-time', checkDateTime, end);
}

function checkJsonPointer(text: string): string | undefined {
  if (text === '') return undefined;
  if (!text.startsWith('/')) return 'not starting with /';
  return /~(?![01])/.test(text) ? '~ must be followed by 0 or 1' : undefined;
}

function checkRelativeJsonPointer(text: string): string | undefined {
  let digits = 0;
  while (isDigit(text, digits)) digits++;
  if (digits === 0) return 'must start with non-negative integer';
  if (digits > 1 && text.startsWith('0')) return 'starts with zero';
  const rest = text.slice(digits);
  return rest === '#' ? undefined : checkJsonPointer(rest);
}

const UUID_GROUPS = [8, 4, 4, 4, 12];

function checkUuid(text: string): string | undefined {
  const groups = text.split('-');
  if (groups.length !== UUID_GROUPS.length) return `must have ${UUID_GROUPS.length} elements`;
  for (const [i, group] of groups.entries()) {
    const length = UUID_GROUPS[i];
    if (byteLength(group) !== length) return `element ${i + 1} must be ${length} characters long`;
    const bad = firstOutside(group, /[0-9a-fA-F]/);
    if (bad !== undefined) return `non-hex character ${bad}`;
  }
  return undefined;
}

/** The first character that does not match, as Go quotes it. */
function firstOutside(text: string, allowed: RegExp): string | undefined {
  for (const character of text) if (!allowed.test(character)) return quoteRune(character.codePointAt(0) as number);
  return undefined;
}

const SEMVER_PARTS = ['major', 'minor', 'patch'];

function checkSemver(text: string): string | undefined {
  const plus = text.indexOf('+');
  const build = plus < 0 ? undefined : text.slice(plus + 1);
  const version = plus < 0 ? text : text.slice(0, plus);
  const dash = version.indexOf('-');
  const release = dash < 0 ? undefined : version.slice(dash + 1);
  const core = (dash < 0 ? version : version.slice(0, dash)).split('.');
  return checkBuild(build) ?? checkPreRelease(release) ?? checkCore(core);
}

function checkBuild(build: string | undefined): string | undefined {
  if (build === undefined) return undefined;
  if (build === '') return 'build is empty';
  for (const id of build.split('.')) {
    if (id === '') return 'build identifier is empty';
    const bad = firstOutside(id, /[0-9A-Za-z-]/);
    if (bad !== undefined) return `invalid character ${bad} in build identifier`;
  }
  return undefined;
}

function checkPreRelease(release: string | undefined): string | undefined {
  for (const id of release?.split('.') ?? []) {
    if (id === '') return 'pre-release identifier is empty';
    const bad = firstOutside(id, /[0-9A-Za-z-]/);
    if (bad !== undefined) return `invalid character ${bad} in pre-release identifier`;
    if (/^0[0-9]+$/.test(id)) return 'pre-release numeric identifier starts with zero';
  }
  return undefined;
}

function checkCore(numbers: readonly string[]): string | undefined {
  if (numbers.length !== 3) return 'versionCore must have 3 numbers separated by dot';
  for (const [i, number] of numbers.entries()) {
    if (number === '') return `${SEMVER_PARTS[i]} is empty`;
    if (number.length > 1 && number.startsWith('0')) return `${SEMVER_PARTS[i]} starts with zero`;
    if (!/^[0-9]+$/.test(number)) return `${SEMVER_PARTS[i]} contains non-digit`;
  }
  return undefined;
}
