/**
 * What the cluster has to say about objects that are not ready: the states of their pods, warnings, last log lines.
 * It explains, and it decides whether waiting on makes sense; it never makes a wait fail that would have succeeded
 * but by {@link FailFastLimits}.
 */

import { pause } from '../../sources/http/deadline.ts';
import type { KubeObject } from '../json.ts';
import { groupKind } from '../ready/kstatus.ts';
import { CurrentPods } from './current-pods.ts';
import { lastLines } from './last-lines.ts';
import { type PodSources, podSources } from './pod-sources.ts';
import { adviceFor, type Trouble, troublesOf, troubleText } from './pod-trouble.ts';
import type { FailFastLimits, Tracked, WaitSetup } from './setup.ts';
import { type WarningSources, warningSources } from './warning-sources.ts';

/** What is known about one object. */
export interface Findings {
  readonly events: readonly string[];
  readonly logLines: readonly string[];
  /** What can be done about it. */
  readonly advice?: string;
}

export interface EvidenceUse {
  /** The objects that are still waited for. */
  pending(): readonly Tracked[];
  /** There is more to tell. */
  changed(): void;
  /** An object does not get ready by itself any more. */
  hopeless(tracked: Tracked, why: string): void;
}

/** How often limits are looked at, in milliseconds; and the shortest time between two looks. */
const TICK = 1000;

const MOST_EVENTS = 4;

/** Containers whose logs are read at a time for one wait. */
const MOST_LOGS = 6;

/** Objects about which everything is asked in the end. */
const MOST_CONCLUDED = 3;

/** Warnings that are older than the wait by more than this are about something else. */
const OLD = 60_000;

export class Evidence {
  private readonly setup: WaitSetup;
  private readonly use: EvidenceUse;
  private readonly began: number;
  private readonly pods: PodSources;
  private readonly warnings: WarningSources;
  private readonly currentPods: CurrentPods;
  /** When a trouble was met first, by what it is about. */
  private readonly since: Map<string, number> = new Map();
  private readonly lines: Map<string, readonly string[]> = new Map();
  private readonly reading: Set<string> = new Set();
  private readonly end: AbortController = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(setup: WaitSetup, use: EvidenceUse) {
    this.setup = setup;
    this.use = use;
    const { client } = setup.cluster;
    this.began = client.now();
    const changed = (): void => this.tell();
    this.pods = podSources(client, changed);
    this.warnings = warningSources(client, changed);
    this.currentPods = new CurrentPods(client, this.began, this.end.signal);
    this.timer = setTimeout(() => this.look(), setup.timing.evidenceDelay);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.end.abort();
    this.pods.stop();
    this.warnings.stop();
  }

  /** What is known about an object, the worst first. */
  of(tracked: Tracked): Findings {
    const troubles = this.troubles(tracked);
    const texts = troubles.map(troubleText);
    // The scheduler, for one, says the same twice: in the pod and as a warning.
    const message = (text: string): string => text.slice(text.indexOf(': ') + 2);
    const isNew = (text: string): boolean => !texts.some((trouble) => trouble.includes(message(text)));
    const warnings = this.warningsOf(tracked).filter(isNew);
    const lines = troubles.map((trouble) => this.lines.get(logKey(trouble))).find((found) => found !== undefined);
    const events = [...new Set([...texts, ...warnings])].slice(0, MOST_EVENTS);
    const [worst] = troubles;
    return { events, logLines: lines ?? [], ...(worst !== undefined && { advice: adviceFor(worst) }) };
  }

  /** Finds out what it can about objects that did not get ready, in a time in milliseconds. */
  async conclude(left: readonly Tracked[], patience: number): Promise<void> {
    const outer = this.setup.signal === undefined ? [] : [this.setup.signal];
    const signal = AbortSignal.any([this.end.signal, AbortSignal.timeout(patience), ...outer]);
    const asked = Promise.all(left.slice(0, MOST_CONCLUDED).map((tracked) => this.ask(tracked, signal)));
    await Promise.race([asked, pause(patience, signal)]);
  }

  private async ask(tracked: Tracked, signal: AbortSignal): Promise<void> {
    const { namespace, name } = tracked.ref;
    await Promise.all([this.pods.load(tracked, signal), this.warnings.load(namespace, name, signal)]);
    const trouble = this.troubles(tracked).find(hasLogs);
    if (trouble !== undefined) await this.readLog(tracked, trouble);
  }

  private look(): void {
    if (this.end.signal.aborted) return;
    const pending = this.use.pending();
    this.pods.follow(pending);
    if (this.setup.onProgress !== undefined) this.warnings.follow(new Set(pending.map(({ ref }) => ref.namespace)));
    void this.judge(pending);
    this.timer = setTimeout(() => this.look(), Math.min(TICK, this.setup.timing.evidenceDelay));
  }

  private tell(): void {
    if (!this.end.signal.aborted) this.use.changed();
  }

  private troubles(tracked: Tracked): readonly Trouble[] {
    const rank = (trouble: Trouble): number => (trouble.kind === 'ended' || trouble.kind === 'unschedulable' ? 1 : 0);
    return this.currentPods
      .among(tracked, this.pods.of(tracked))
      .flatMap(troublesOf)
      .sort((a, b) => rank(a) - rank(b));
  }

  private async judge(pending: readonly Tracked[]): Promise<void> {
    const present = new Set<string>();
    for (const tracked of pending) {
      const troubles = this.troubles(tracked);
      if (this.setup.onProgress !== undefined) this.readLogs(tracked, troubles);
      for (const trouble of troubles) present.add(this.note(trouble));
      const worst = this.setup.failFast && troubles.find((trouble) => this.isHopeless(trouble, tracked));
      if (worst === undefined || !(await this.isCurrent(tracked, worst))) continue;
      await this.readLog(tracked, worst);
      if (!this.end.signal.aborted) this.use.hopeless(tracked, troubleText(worst));
      return;
    }
    // Trouble that is over begins anew when it comes back.
    for (const key of this.since.keys()) if (!present.has(key)) this.since.delete(key);
  }

  private note(trouble: Trouble): string {
    const key = `${trouble.uid} ${trouble.container} ${trouble.kind}`;
    if (!this.since.has(key)) this.since.set(key, performance.now());
    return key;
  }

  private isHopeless(trouble: Trouble, tracked: Tracked): boolean {
    const { imagePullGrace, crashLoops, configGrace = imagePullGrace } = this.setup.failFast as FailFastLimits;
    const lasted = performance.now() - (this.since.get(this.note(trouble)) as number);
    switch (trouble.kind) {
      case 'image':
        return imagePullGrace > 0 && lasted >= imagePullGrace;
      case 'config':
        return configGrace > 0 && lasted >= configGrace;
      case 'crash':
        // A Job counts its failures itself.
        return crashLoops > 0 && trouble.restarts >= crashLoops && tracked.ref.mapping.kind !== 'Job';
      default:
        return false;
    }
  }

  /** A pod that a rollout is about to replace says nothing about what comes. */
  private async isCurrent(tracked: Tracked, { pod }: Trouble): Promise<boolean> {
    const found = this.pods.of(tracked).find(({ metadata }) => metadata.name === pod);
    return found !== undefined && (await this.currentPods.isCurrent(tracked, found));
  }

  private warningsOf(tracked: Tracked): readonly string[] {
    const { namespace, name, mapping } = tracked.ref;
    const about: (readonly [string, string])[] = [[mapping.kind, name]];
    for (const pod of this.pods.of(tracked)) about.push(['Pod', pod.metadata.name ?? '']);
    if (groupKind(tracked.object ?? NOBODY) === 'apps/Deployment') {
      const sets = this.warnings
        .names(namespace, 'ReplicaSet')
        .filter((set) => /^-[^-]+$/.test(set.slice(name.length)));
      for (const set of sets) if (set.startsWith(name)) about.push(['ReplicaSet', set]);
    }
    return about
      .flatMap(([kind, of]) => this.warnings.of(namespace, kind, of, this.began - OLD))
      .sort((a, b) => b.time - a.time)
      .map(({ text }) => text);
  }

  private readLogs(tracked: Tracked, troubles: readonly Trouble[]): void {
    const trouble = troubles.find(hasLogs);
    if (trouble !== undefined) void this.readLog(tracked, trouble);
  }

  private async readLog(tracked: Tracked, trouble: Trouble): Promise<void> {
    if (!hasLogs(trouble)) return;
    const key = logKey(trouble);
    if (this.lines.has(key) || this.reading.has(key) || this.reading.size >= MOST_LOGS) return;
    this.reading.add(key);
    const { client } = this.setup.cluster;
    const lines = await lastLines(client, tracked.ref.namespace, trouble.pod, trouble.container, this.end.signal);
    this.reading.delete(key);
    this.lines.set(key, lines);
    if (lines.length > 0) this.tell();
  }
}

const NOBODY: Pick<KubeObject, 'apiVersion' | 'kind'> = { apiVersion: '', kind: '' };

/** A container that has run. */
function hasLogs({ kind }: Trouble): boolean {
  return kind === 'crash' || kind === 'ended';
}

/** The same container has other last lines after it was started again. */
function logKey({ uid, container, restarts }: Trouble): string {
  return `${uid} ${container} ${restarts}`;
}
