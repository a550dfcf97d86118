import { type GoMap, isList, isMap, type Value } from '../go/value.ts';
import type { LineOrigin } from '../template/origin.ts';
import type { PathSet } from '../template/path-set.ts';
import { Trace } from '../template/trace.ts';
import type { ValuesPaths } from '../values/dependencies.ts';
import type { TemplateFile } from './context.ts';

/** What a caller who wants to know where lines come from gives, and gets. */
export interface OriginRequest {
  /** The values that decide whether a subchart is there, by its path of names. */
  readonly gates: ReadonlyMap<string, ValuesPaths>;
  /** Gets the lines of each executed template. */
  readonly onLines: (file: string, lines: readonly LineOrigin[]) => void;
}

/** Follows one render: knows which values stand where, and what subcharts depend on. */
export class OriginTrace {
  readonly trace: Trace = new Trace();
  private readonly request: OriginRequest;

  constructor(request: OriginRequest, root: GoMap) {
    this.request = request;
    this.markChart(root, []);
  }

  /** Executes a template and hands on where its lines come from. A subchart's depend on what lets it be there. */
  run(file: TemplateFile, execute: () => string): string {
    const { trace } = this;
    trace.control = this.gatesOf(file.chart);
    try {
      const text = execute();
      this.request.onLines(file.name, trace.last?.lines ?? []);
      return text;
    } finally {
      trace.control = trace.empty;
    }
  }

  private gatesOf(names: readonly string[]): PathSet {
    return this.setOf(this.request.gates.get(names.join('/')) ?? []);
  }

  private setOf(paths: ValuesPaths): PathSet {
    const { trace } = this;
    return paths.reduce((set, path) => trace.union(set, trace.sets.path(path).single()), trace.empty);
  }

  /** Marks the values of a chart and of those under it, as users name them from the root. */
  private markChart(root: GoMap, names: readonly string[]): void {
    const values = root.get('Values');
    const subcharts = root.get('Subcharts');
    if (!isMap(values) || !isMap(subcharts)) return;
    this.trace.mark(values, names);
    for (const [key, value] of values) {
      // A subchart's values are marked with the subchart; its globals are the root's, as far as the root has them.
      if (key === 'global') this.markTree(value, ['global']);
      else if (!subcharts.has(key)) this.markTree(value, [...names, key]);
    }
    if (names.length > 0) this.markOwnGlobals(values, names);
    this.markGates(values, subcharts, names);
    for (const [name, sub] of subcharts) {
      const path = [...names, name];
      const own = values.get(name);
      if (isMap(own)) this.trace.mark(own, path);
      if (isMap(sub)) this.markChart(sub, path);
    }
  }

  /** Globals that a subchart may have of its own can also be set under its name. */
  private markOwnGlobals(values: GoMap, names: readonly string[]): void {
    const globals = values.get('global');
    if (isMap(globals)) this.trace.attach(globals, this.setOf([[...names, 'global']]));
  }

  /** What is read of a subchart from above depends on whether it is there. */
  private markGates(values: GoMap, subcharts: GoMap, names: readonly string[]): void {
    const { trace } = this;
    const prefix = names.map((name) => `${name}/`).join('');
    for (const [path, paths] of this.request.gates) {
      const name = path.slice(prefix.length);
      if (!path.startsWith(prefix) || name.includes('/')) continue;
      const set = this.setOf(paths);
      // Which subcharts there are depends on it, too.
      trace.attachEntry(subcharts, name, set, trace.empty, set);
      trace.attachEntry(values, name, set, trace.empty, set);
      trace.attach(values.get(name), set);
    }
  }

  /** Marks all maps and lists of a tree. What stands there twice keeps its first name. */
  private markTree(value: Value, path: readonly string[]): void {
    const open: [Value, readonly string[]][] = [[value, path]];
    const seen = new Set<Value>();
    for (let next = open.pop(); next; next = open.pop()) {
      const [at, here] = next;
      if (!(isMap(at) || isList(at)) || seen.has(at)) continue;
      seen.add(at);
      this.trace.mark(at, here);
      for (const [key, inner] of at.entries()) open.push([inner, [...here, String(key)]]);
    }
  }
}
