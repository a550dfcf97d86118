import { type Func, PARAM_TYPE, type Param } from '../functions/func.ts';
import { isTrue } from '../go/compare.ts';
import { GoError } from '../go/error.ts';
import { quote } from '../go/quote.ts';
import { ANY, type GoType, typeOf, type Value } from '../go/value.ts';
import { type Argument, adapt, argumentAt, REFLECT_VALUE } from './argument.ts';
import { BUILTINS, isSpecial } from './builtins.ts';
import { callFailure, type Expr, type Frame, type Functions, fail, type Operation } from './exec.ts';
import { wrongCount } from './field.ts';
import { type IdentifierNode, type Node, nodeText } from './node.ts';
import { concreteType } from './scope.ts';
import { tracedCall, tracedLogical } from './trace-call.ts';

/** A call as the template has it. */
export interface CallSite {
  readonly name: string;
  readonly func: Func;
  /** What a failed call shows: the command, or the bare function name. */
  readonly node: Node;
  /** The function's name, where execution stands before the first argument. */
  readonly identifier: IdentifierNode;
  readonly args: readonly Argument[];
  /** The pipeline's value so far, which becomes the last argument. */
  readonly final: Operation | undefined;
}

/** Whether templates may call a function of this name. */
export function hasFunction(functions: Functions, name: string): boolean {
  return functions.has(name) || BUILTINS.has(name);
}

/** Go: exec.go evalFunction, evalCall. */
export function compileCall(
  functions: Functions,
  node: Node,
  identifier: IdentifierNode,
  args: readonly Argument[],
  final: Operation | undefined,
  traced: boolean,
): Operation {
  const name = identifier.ident;
  const own = functions.get(name);
  const func = own ?? BUILTINS.get(name);
  if (!func) return failing(identifier, `${quote(name)} is not a defined function`, final);
  const wrong = wrongCount(name, func, args.length, args.length + (final ? 1 : 0));
  if (wrong !== undefined) return failing(identifier, wrong, final);
  const site: CallSite = { name, func, node, identifier, args, final };
  if (!own && isSpecial(name)) return name === 'call' ? callNothing(site) : logical(site, traced);
  const last = args.at(-1);
  return {
    run: traced ? callTracing(site) : callFunction(site),
    at: last ? argumentAt(last) : identifier,
    type: func.result === ANY || func.result === REFLECT_VALUE ? interfaceType : concreteType,
    piped: false,
  };
}

function interfaceType(): GoType {
  return ANY;
}

/** An error that shows when the call is reached, and not before. */
function failing(at: Node, text: string, final: Operation | undefined): Operation {
  const run: Expr = (f, dot) => {
    final?.run(f, dot);
    return fail(f, at, text);
  };
  return { run, at, type: concreteType, piped: false };
}

/** Each argument as its parameter wants it, the pipeline's value last. */
function adaptArguments({ func, identifier, args, final }: CallSite): Expr[] {
  const adapted = args.map((argument, i) => adapt(argument, paramOf(func, i)));
  if (!final) return adapted;
  // Its value was computed first; when it is checked, execution stands at the last of the other arguments.
  const last = args.at(-1);
  const at = last ? argumentAt(last) : identifier;
  const op: Operation = { run: (_f, value) => value, at, type: concreteType, piped: true };
  return [...adapted, adapt({ node: identifier, op }, paramOf(func, args.length))];
}

function paramOf(func: Func, i: number): GoType {
  return PARAM_TYPE[func.params[Math.min(i, func.params.length - 1)] as Param];
}

/** The same, noting what the result depends on. */
function callTracing(site: CallSite): Expr {
  const { func } = site;
  const { packed } = func;
  const fixed = func.params.length - 1;
  const invoke = (env: Frame['env'], values: Value[]): Value => {
    if (!packed) return (func.call as unknown as Invoke)(env, ...values);
    const rest = values.splice(fixed);
    return (packed as unknown as Invoke)(env, ...values, rest as unknown as Value);
  };
  return tracedCall({ ...site, adapted: adaptArguments(site), invoke });
}

type Invoke = (env: Frame['env'], ...args: Value[]) => Value;

function callFunction(site: CallSite): Expr {
  const { func, name, node } = site;
  const adapted = adaptArguments(site);
  const { final } = site;
  if (func.packed) return callPacked(site, adapted, func.packed as unknown as Invoke);
  const call = func.call as unknown as Invoke;
  if (final || adapted.length > 3) return callMany(site, adapted, call);
  const [a, b, c] = adapted as [Expr, Expr, Expr];
  switch (adapted.length) {
    case 0:
      return (f) => {
        try {
          return call(f.env);
        } catch (thrown) {
          throw callFailure(f, node, name, thrown);
        }
      };
    case 1:
      return (f, dot) => {
        const x = a(f, dot);
        try {
          return call(f.env, x);
        } catch (thrown) {
          throw callFailure(f, node, name, thrown);
        }
      };
    case 2:
      return (f, dot) => {
        const x = a(f, dot);
        const y = b(f, dot);
        try {
          return call(f.env, x, y);
        } catch (thrown) {
          throw callFailure(f, node, name, thrown);
        }
      };
    default:
      return (f, dot) => {
        const x = a(f, dot);
        const y = b(f, dot);
        const z = c(f, dot);
        try {
          return call(f.env, x, y, z);
        } catch (thrown) {
          throw callFailure(f, node, name, thrown);
        }
      };
  }
}

/** Any number of arguments, and one from the pipeline. */
function callMany(site: CallSite, adapted: readonly Expr[], call: Invoke): Expr {
  const { name, node, final } = site;
  if (final && adapted.length === 1) return callPiped(site, adapted[0] as Expr, call);
  if (final && adapted.length === 2) return callPiped2(site, adapted as [Expr, Expr], call);
  const values = evaluate(adapted, final);
  return (f, dot) => {
    const args = values(f, dot);
    try {
      return call(f.env, ...args);
    } catch (thrown) {
      throw callFailure(f, node, name, thrown);
    }
  };
}

/** `value | function` */
function callPiped({ name, node, final }: CallSite, check: Expr, call: Invoke): Expr {
  const first = (final as Operation).run;
  return (f, dot) => {
    const x = check(f, first(f, dot));
    try {
      return call(f.env, x);
    } catch (thrown) {
      throw callFailure(f, node, name, thrown);
    }
  };
}

/** `value | function argument` */
function callPiped2({ name, node, final }: CallSite, [a, check]: readonly [Expr, Expr], call: Invoke): Expr {
  const first = (final as Operation).run;
  return (f, dot) => {
    const last = first(f, dot);
    const x = a(f, dot);
    const y = check(f, last);
    try {
      return call(f.env, x, y);
    } catch (thrown) {
      throw callFailure(f, node, name, thrown);
    }
  };
}

/** All arguments in Go's order: the pipeline's value is there first and checked last. */
function evaluate(adapted: readonly Expr[], final: Operation | undefined): (f: Frame, dot: Value) => Value[] {
  const given = final ? adapted.slice(0, -1) : adapted;
  const check = final && (adapted.at(-1) as Expr);
  return (f, dot) => {
    const last = final?.run(f, dot);
    const values: Value[] = [];
    for (const arg of given) values.push(arg(f, dot));
    if (check) values.push(check(f, last));
    return values;
  };
}

/** A variadic function takes its repeated arguments as one array. */
function callPacked({ func, name, node, final }: CallSite, adapted: readonly Expr[], call: Invoke): Expr {
  const fixed = func.params.length - 1;
  const values = evaluate(adapted, final);
  if (fixed === 0) {
    return (f, dot) => {
      const args = values(f, dot);
      try {
        return call(f.env, args as unknown as Value);
      } catch (thrown) {
        throw callFailure(f, node, name, thrown);
      }
    };
  }
  return (f, dot) => {
    const args = values(f, dot);
    const rest = args.splice(fixed);
    try {
      return call(f.env, ...args, rest as unknown as Value);
    } catch (thrown) {
      throw callFailure(f, node, name, thrown);
    }
  };
}

/**
 * `and` and `or` evaluate no more than they need, so that where execution stands afterwards is known at run time
 * only. Go: exec.go evalCall's special case.
 */
function logical(site: CallSite, traced: boolean): Operation {
  const { name, args, final, identifier } = site;
  const stopAt = name === 'or';
  const adapted = args.map((argument) => adapt(argument, REFLECT_VALUE));
  const places = args.map(argumentAt);
  const count = adapted.length;
  if (traced)
    return {
      run: tracedLogical({ ...site, adapted }, stopAt, places),
      at: undefined,
      type: interfaceType,
      piped: false,
    };
  const run: Expr = (f, dot) => {
    const last = final?.run(f, dot);
    let value: Value;
    for (let i = 0; i < count; i++) {
      value = (adapted[i] as Expr)(f, dot);
      const at = places[i];
      if (at) f.at = at;
      if (isTrue(value) === stopAt) return value;
    }
    if (count === 0) f.at = identifier;
    return final ? (last ?? undefined) : value;
  };
  return { run, at: undefined, type: interfaceType, piped: false };
}

/** `call` calls a function value, and there are none here. Go: funcs.go call. */
function callNothing(site: CallSite): Operation {
  const { name, node, args, final, identifier } = site;
  const values = evaluate(adaptArguments(site), final);
  const run: Expr = (f, dot) => {
    const callee = values(f, dot)[0] ?? undefined;
    const written = args[0] ? nodeText(args[0].node) : describe(callee);
    const reason = callee === undefined ? 'call of nil' : `non-function ${written} of type ${typeOf(callee)}`;
    throw callFailure(f, node, name, new GoError(reason));
  };
  return { run, at: identifier, type: concreteType, piped: false };
}

/** Go: reflect.Value.String */
function describe(value: Value): string {
  if (value === undefined) return '<invalid Value>';
  return typeof value === 'string' ? value : `<${typeOf(value)} Value>`;
}
