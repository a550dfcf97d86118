import { BudgetError } from '../go/budget.ts';
import { GoError } from '../go/error.ts';
import { compileRegexp, mustCompileRegexp, quoteMeta, type Regexp } from '../go/regexp.ts';
import { type Slice, strings } from '../go/value.ts';
import { answered } from './answers.ts';
import { grownFrom, grownFromLater } from './capacity.ts';
import { chargeList, chargeText } from './charge.ts';
import { type Func, type FuncTable, type FunctionEnv, fn } from './func.ts';

type Compile = (pattern: string) => Regexp;

/** Replacements up to this product of lengths are cheap enough not to count the matches first. */
const SMALL_REPLACE = 1 << 20;

/** Go makes room for so many matches before it finds the first. Go: regexp.go startSize */
const FIND_ROOM = 10;

function nilParts(): Slice {
  const none = strings([]);
  none.isNil = true;
  return none;
}

/** Charge for what the matches are replaced with; each `$` may insert all the matches there are. */
function chargeReplace(env: FunctionEnv, re: Regexp, s: string, replacement: string): void {
  let length = s.length * replacement.length;
  if (length > SMALL_REPLACE) {
    const references = replacement.split('$').length - 1;
    length = re.findAll(s, -1).length * replacement.length + references * s.length;
  }
  chargeText(env, s.length + length);
}

function find(compile: Compile): Func {
  return fn(['string', 'string'], 'string', (env, pattern, s) => {
    chargeText(env, s.length);
    return compile(pattern).find(s);
  });
}

function findAll(compile: Compile): Func {
  return fn(['string', 'string', 'int'], '[]string', (env, pattern, s, n) => {
    chargeText(env, s.length);
    const found = compile(pattern).findAll(s, Number(n.n));
    chargeList(env, found.length);
    return found.length === 0 ? nilParts() : grownFrom(strings(found), FIND_ROOM);
  });
}

function replaceAll(compile: Compile): Func {
  return fn(['string', 'string', 'string'], 'string', (env, pattern, s, replacement) => {
    const re = compile(pattern);
    chargeReplace(env, re, s, replacement);
    const question = `replaceAll ${pattern.length} ${s.length} ${pattern}${s}${replacement}`;
    return answered(env.budget, question, () => re.replaceAll(s, replacement));
  });
}

function replaceAllLiteral(compile: Compile): Func {
  return fn(['string', 'string', 'string'], 'string', (env, pattern, s, replacement) => {
    const re = compile(pattern);
    chargeReplace(env, re, s, replacement);
    return re.replaceAllLiteral(s, replacement);
  });
}

function split(compile: Compile): Func {
  return fn(['string', 'string', 'int'], '[]string', (env, pattern, s, n) => {
    chargeText(env, s.length);
    const limit = Number(n.n);
    const re = compile(pattern);
    if (limit === 0) return nilParts();
    const found = strings(re.split(s, limit));
    chargeList(env, found.length);
    // Go makes room for as many parts as there are matches, but for an empty text.
    return grownFromLater(found, () => (s === '' ? found.length : re.findAll(s, limit).length));
  });
}

/** sprig swallows a bad pattern here, and only here. */
function matches(env: FunctionEnv, pattern: string, s: string): boolean {
  chargeText(env, s.length);
  try {
    return compileRegexp(pattern).match(s);
  } catch (err) {
    if (err instanceof GoError && !(err instanceof BudgetError)) return false;
    throw err;
  }
}

/** sprig: regex.go */
export const regex: FuncTable = {
  mustRegexFind: find(compileRegexp),
  mustRegexFindAll: findAll(compileRegexp),
  mustRegexMatch: fn(['string', 'string'], 'bool', (env, pattern, s) => {
    chargeText(env, s.length);
    return compileRegexp(pattern).match(s);
  }),
  mustRegexReplaceAll: replaceAll(compileRegexp),
  mustRegexReplaceAllLiteral: replaceAllLiteral(compileRegexp),
  mustRegexSplit: split(compileRegexp),
  regexFind: find(mustCompileRegexp),
  regexFindAll: findAll(mustCompileRegexp),
  regexMatch: fn(['string', 'string'], 'bool', matches),
  regexQuoteMeta: fn(['string'], 'string', (_env, s) => quoteMeta(s)),
  regexReplaceAll: replaceAll(mustCompileRegexp),
  regexReplaceAllLiteral: replaceAllLiteral(mustCompileRegexp),
  regexSplit: split(mustCompileRegexp),
};
