import { type Frame, PintleError, type PintleErrorOptions } from '../errors.ts';
import { BudgetError } from '../go/budget.ts';
import { quote } from '../go/quote.ts';
import { type GoMap, sortedKeys } from '../go/value.ts';
import { ExecError, type MissingPath, ParseError } from '../template/errors.ts';
import { nearestKey } from './nearest.ts';

/** Marks the message of `fail` and `required`, so that it can be found again inside Go's wrapping. */
const WARN_START = 'HELM_ERR_START';
const WARN_END = 'HELM_ERR_END';

/** Helm: engine.go warnWrap. */
export function warnWrap(message: string): string {
  return WARN_START + message + WARN_END;
}

/** What else is known about a failing template: its source, for the code frame. */
export type SourceOf = (file: string) => string | undefined;

/**
 * A parse error as Helm words it: the place, and the last part of Go's message.
 * Helm: engine.go cleanupParseError.
 */
export function parseFailure(file: string, err: Error, sourceOf: SourceOf): PintleError {
  const tokens = err.message.split(': ');
  const last = tokens.at(-1) as string;
  const message =
    tokens.length === 1 ? `parse error in (${file}): ${err.message}` : `parse error at (${tokens[1]}): ${last}`;
  const options: PintleErrorOptions =
    err instanceof ParseError
      ? { position: { file: err.file, line: err.line }, data: { reason: err.reason } }
      : { position: { file, line: 1 } };
  return new PintleError('TEMPLATE_PARSE', message, { ...options, ...sourceLine(options, sourceOf), cause: err });
}

/**
 * An execution error as Helm words it: the message of `fail` or `required` alone, else each level of the include
 * chain on lines of its own where every link is a template error, else Go's text as it is.
 * Helm: engine.go reformatExecErrorMsg.
 */
export function execFailure(err: Error, sourceOf: SourceOf): PintleError {
  if (!(err instanceof ExecError)) {
    return new PintleError('TEMPLATE_EXEC', err.message, { cause: err });
  }
  const chain = framesOf(err);
  const innermost = chain.at(-1);
  const options: PintleErrorOptions = {
    chain,
    ...(innermost && { position: innermost }),
    ...missingOptions(missingOf(err)),
    cause: err,
  };
  const framed = { ...options, ...sourceLine(options, sourceOf) };
  const warning = warningOf(err.message);
  if (warning !== undefined) return new PintleError('TEMPLATE_FAIL', warning, framed);
  const code = hasBudgetError(err) ? 'BUDGET_EXCEEDED' : 'TEMPLATE_EXEC';
  return new PintleError(code, multiLine(err) ?? err.message, framed);
}

/** `execution error at (file:line:col): message` where the text carries a marked message. */
function warningOf(text: string): string | undefined {
  const [first, location, ...rest] = splitN(text, ': ', 3);
  const tail = rest[0];
  if (first === undefined || location === undefined || tail === undefined) return undefined;
  const from = tail.indexOf(WARN_START);
  const to = tail.lastIndexOf(WARN_END);
  if (from < 0 || to < from + WARN_START.length) return undefined;
  return `execution error at (${location}): ${tail.slice(from + WARN_START.length, to)}`;
}

function splitN(text: string, separator: string, n: number): string[] {
  const parts: string[] = [];
  let from = 0;
  while (parts.length < n - 1) {
    const at = text.indexOf(separator, from);
    if (at < 0) break;
    parts.push(text.slice(from, at));
    from = at + separator.length;
  }
  parts.push(text.slice(from));
  return parts;
}

/** The multi-line form, or nothing where a link of the chain has no template error's form. */
function multiLine(err: Error): string | undefined {
  const lines: string[] = [];
  for (let at: unknown = err; at instanceof Error; at = at.cause) {
    const line = readLevel(at.message);
    if (line === undefined) return undefined;
    if (lines.at(-1) !== line) lines.push(line);
  }
  return lines.join('').trim();
}

/** One level of Go's text taken apart and put on lines. Helm: engine.go parseTemplateExecErrorString. */
function readLevel(text: string): string | undefined {
  const prefix = 'template: ';
  if (!text.startsWith(prefix)) return undefined;
  const rest = text.slice(prefix.length);
  if (rest.startsWith('no template ')) return `${text}\n`;
  return readExecuting(rest) ?? readSimple(rest);
}

function readExecuting(rest: string): string | undefined {
  const marker = ': executing "';
  const at = rest.indexOf(': executing ');
  if (at < 0 || !rest.startsWith(marker, at)) return undefined;
  const location = rest.slice(0, at);
  const after = rest.slice(at + marker.length);
  const quote = after.indexOf('"');
  if (quote < 0 || !after.startsWith(' at <', quote + 1)) return undefined;
  const node = after.slice(quote + 1 + ' at <'.length);
  const end = node.indexOf('>: ');
  if (end < 0) return undefined;
  const message = cutChained(node.slice(end + 3));
  const executing = `executing "${after.slice(0, quote)}" at <${node.slice(0, end)}>:`;
  return layOut(location, executing, message);
}

function readSimple(rest: string): string | undefined {
  const at = rest.lastIndexOf(': ');
  if (at < 0) return undefined;
  return layOut(rest.slice(0, at), '', cutChained(rest.slice(at + 2)));
}

/** A chained error stands behind the message; it gets lines of its own. */
function cutChained(message: string): string {
  const at = message.indexOf(' template:');
  return at < 0 ? message : message.slice(0, at);
}

function layOut(location: string, executing: string, message: string): string {
  return (location && `${location}\n  `) + (executing && `${executing}\n    `) + (message && `${message}\n`);
}

function framesOf(err: Error): Frame[] {
  const frames: Frame[] = [];
  for (let at: unknown = err; at instanceof Error; at = at.cause) {
    if (!(at instanceof ExecError) || at.line === undefined) continue;
    frames.push({ file: at.file, line: at.line, column: at.column, template: at.template, node: at.node });
  }
  return frames;
}

/** The innermost missing key on the way, if one was missing. */
function missingOf(err: Error): MissingPath | undefined {
  let missing: MissingPath | undefined;
  for (let at: unknown = err; at instanceof Error; at = at.cause) {
    if (at instanceof ExecError && at.missing) missing = at.missing;
  }
  return missing;
}

/** What is missing, as data and as advice: the path, and the key that may have been meant. */
function missingOptions(missing: MissingPath | undefined): PintleErrorOptions {
  if (!missing) return {};
  const { path, key, map } = missing;
  const nearest = map && nearestKey(key, map.keys());
  const holder =
    path
      .slice(0, path.indexOf(key))
      .map((name) => `.${name}`)
      .join('') || 'the root object';
  const data = { missing: { path, key, ...(nearest !== undefined && { nearest }) } };
  if (!map) return { data };
  const advice = nearest !== undefined ? `did you mean ${quote(nearest)}?` : listKeys(map);
  return { data, hint: `${holder} has no key ${quote(key)}; ${advice}` };
}

const MOST_SHOWN = 8;

function listKeys(map: GoMap): string {
  if (map.size === 0) return 'it is empty';
  const keys = sortedKeys(map);
  const more = keys.length - MOST_SHOWN;
  return `it has ${keys.slice(0, MOST_SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function hasBudgetError(err: Error): boolean {
  for (let at: unknown = err; at instanceof Error; at = at.cause) if (at instanceof BudgetError) return true;
  return false;
}

function sourceLine(options: PintleErrorOptions, sourceOf: SourceOf): PintleErrorOptions {
  const { position } = options;
  const line = position && sourceOf(position.file)?.split('\n')[position.line - 1];
  return line === undefined ? {} : { sourceLine: line.replace(/\r$/, '') };
}
