/** Tells how far a wait is: at once when it is long ago, later when it was just told. */
import { groupVersionOf } from '../paths.ts';
import type { Findings } from './evidence.ts';
import type { Progress, Tracked } from './setup.ts';

export class Reports {
  private readonly tell: (objects: readonly Progress[]) => void;
  private readonly throttle: number;
  private readonly tracked: readonly Tracked[];
  private readonly findings: (tracked: Tracked) => Findings | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private told = Number.NEGATIVE_INFINITY;
  private over = false;

  /** `throttle` is in milliseconds. */
  constructor(
    tell: (objects: readonly Progress[]) => void,
    throttle: number,
    tracked: readonly Tracked[],
    findings: (tracked: Tracked) => Findings | undefined = () => undefined,
  ) {
    this.tell = tell;
    this.throttle = throttle;
    this.tracked = tracked;
    this.findings = findings;
  }

  /** Something is different from what was told last. */
  change(): void {
    if (this.over || this.timer !== undefined) return;
    const wait = Math.max(0, this.told + this.throttle - performance.now());
    this.timer = setTimeout(() => this.report(), wait);
  }

  /** Tells what has not been told yet, for the last time. */
  end(): void {
    this.over = true;
    if (this.timer !== undefined) this.report();
  }

  private report(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.told = performance.now();
    try {
      this.tell(this.tracked.map((tracked) => this.progress(tracked)));
    } catch {
      // Who listens must not decide how the wait ends.
    }
  }

  private progress(tracked: Tracked): Progress {
    const { ref, status } = tracked;
    const { mapping, namespace, name } = ref;
    const object = { apiVersion: groupVersionOf(mapping), kind: mapping.kind, namespace, name };
    const state = { object, status: status.status, message: status.message };
    if (status.status === 'Current') return state;
    const { events = [], logLines = [] } = this.findings(tracked) ?? {};
    return { ...state, ...(events.length > 0 && { events }), ...(logLines.length > 0 && { logLines }) };
  }
}
