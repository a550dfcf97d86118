/**
 * Waits until objects have a status, by watching them: one watch for each kind and namespace, whose every event is
 * judged by the status rules. Go: Helm statuswait.go, kstatus watcher/object_status_reporter.go
 */
import type { PintleError } from '../../errors.ts';
import { pause } from '../../sources/http/deadline.ts';
import { isNotFound } from '../api-error.ts';
import type { KubeObject } from '../json.ts';
import { isUnschedulable, SCHEDULE_WINDOW } from '../ready/pod.ts';
import { current, failed, NOT_FOUND, type ObjectStatus, UNKNOWN } from '../ready/status.ts';
import type { ObjectRef, Target } from '../types.ts';
import { type PromiseWithResolvers, promiseWithResolvers, within } from './end.ts';
import { Evidence } from './evidence.ts';
import { isPassing, listFault, notReady, type WaitEnd } from './faults.ts';
import { type Group, groupsOf, isSettledForGood, membersIn } from './groups.ts';
import { outcomeOfGone } from './job-outcome.ts';
import { isJudgedByPods, judgeByPods } from './pods-of.ts';
import { Reports } from './reports.ts';
import { isOlder, withKind } from './seen.ts';
import { type Tracked, track, type WaitSetup } from './setup.ts';
import { Timers } from './timers.ts';

export interface StatusQuestion {
  readonly targets: readonly (ObjectRef | Target)[];
  readonly desired: 'Current' | 'NotFound';
  /** The rules by which an object is judged. */
  readonly rule: (object: KubeObject, now: number) => ObjectStatus;
  /** What only counts where it is judged by the full rules: the pods of what makes pods. */
  readonly pods: boolean;
  /** An object that is removed has done its work; for Jobs and hooks that clean up after themselves. */
  readonly doneWhenGone: (tracked: Tracked) => 'yes' | 'ask' | 'no';
  /** Milliseconds that a removed object may come back for. */
  readonly goneGrace: number;
  /** Milliseconds. */
  readonly timeout: number;
}

/** The most objects that are read one by one when the time is over. */
const LAST_LOOKS = 20;

/**
 * @throws PintleError NOT_READY with a line for each object that is not as it should be, ABORTED where the signal ended
 * the wait, API_FAILED where the cluster does not let us look
 */
export async function awaitStatuses(question: StatusQuestion, setup: WaitSetup): Promise<void> {
  const wait = new StatusWait(question, setup);
  try {
    await wait.run();
  } finally {
    wait.stop();
  }
}

class StatusWait {
  readonly question: StatusQuestion;
  readonly setup: WaitSetup;
  readonly tracked: readonly Tracked[];
  readonly groups: readonly Group[];
  /** Ends all that the wait has started. */
  readonly work: AbortController = new AbortController();
  readonly timers: Timers<Tracked | 'deadline' | 'silence'> = new Timers();
  readonly over: PromiseWithResolvers<WaitEnd> = promiseWithResolvers();
  readonly evidence: Evidence | undefined;
  readonly reports: Reports | undefined;

  constructor(question: StatusQuestion, setup: WaitSetup) {
    this.question = question;
    this.setup = setup;
    this.tracked = question.targets.map((target) => track(target, UNKNOWN));
    this.groups = groupsOf(this.tracked);
    const { failFast, onProgress, timing } = setup;
    if (onProgress !== undefined) {
      this.reports = new Reports(onProgress, timing.throttle, this.tracked, (tracked) => this.evidence?.of(tracked));
    }
    if (question.desired === 'NotFound' || (failFast === undefined && onProgress === undefined)) return;
    this.evidence = new Evidence(setup, {
      pending: () => this.tracked.filter((tracked) => this.isPending(tracked)),
      changed: () => this.reports?.change(),
      hopeless: (tracked, why) => this.abandon(tracked, why),
    });
  }

  async run(): Promise<void> {
    const { signal } = this.setup;
    const abort = (): void => this.over.resolve('aborted');
    if (signal?.aborted) throw this.fault(this.left(), 'aborted');
    signal?.addEventListener('abort', abort, { once: true });
    try {
      this.settle();
      this.timers.after(
        'deadline',
        this.question.timeout,
        () => void this.lookAgain().then(() => this.over.resolve('timeout')),
      );
      this.timers.after('silence', this.setup.timing.silence / 2, () => this.doubt());
      for (const group of this.groups) void this.follow(group);
      const end = await this.over.promise;
      const left = this.left();
      if (left.length > 0 && end === 'settled') await this.evidence?.conclude(left, this.setup.timing.conclusion);
      if (left.length > 0 || end === 'aborted') throw this.fault(left, end);
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  fault(left: readonly Tracked[], end: WaitEnd): PintleError {
    return notReady(left, end, this.question.desired, (tracked) => this.evidence?.of(tracked));
  }

  stop(): void {
    this.reports?.end();
    this.evidence?.stop();
    this.timers.stop();
    this.work.abort();
  }

  /** The objects that are not as they should be. */
  left(): readonly Tracked[] {
    return this.tracked.filter(({ status }) => status.status !== this.question.desired);
  }

  /** Ends the wait where nothing more is to come: what has failed stays so, and does not keep the rest waiting. */
  settle(): void {
    const { desired } = this.question;
    const { log } = this.setup;
    const pending = this.left().filter(
      ({ status, lost }) => !lost && !(desired === 'Current' && status.status === 'Failed'),
    );
    if (pending.length === 0) {
      const achieved = { desiredStatus: desired, resourceCount: this.tracked.length - this.left().length };
      log.log('DEBUG', 'all resources achieved desired status', achieved);
      this.over.resolve('settled');
      return;
    }
    const [first] = pending.toSorted((a, b) => (a.ref.name < b.ref.name ? -1 : 1)) as [Tracked];
    const { namespace, name, mapping } = first.ref;
    const facts = { namespace, name, kind: mapping.kind, expectedStatus: desired, actualStatus: first.status.status };
    log.log('DEBUG', 'waiting for resource', facts);
  }

  /** Watches a group until the wait is over. */
  async follow(group: Group): Promise<void> {
    const { signal } = this.work;
    while (!signal.aborted) {
      try {
        for await (const event of this.setup.cluster.client.watch(group.mapping, { ...group.query, signal })) {
          if (signal.aborted) return;
          if (event.type === 'synced') {
            this.sync(group, event.items);
            if (this.question.desired === 'Current' && isSettledForGood(group)) return;
          } else this.hearOf(group, event.object, event.type === 'deleted');
        }
      } catch (error) {
        if (signal.aborted) return;
        if (isNotFound(error)) this.sync(group, []);
        else if (!isPassing(error)) return this.over.reject(listFault(error, group.mapping));
      }
      await pause(this.setup.timing.retry, signal);
    }
  }

  /** Takes over all that is there of a group now, of the objects that `isMeant`. */
  sync(group: Group, items: readonly KubeObject[], isMeant: (tracked: Tracked) => boolean = () => true): void {
    const found = membersIn(group, items);
    for (const [name, members] of group.members) {
      for (const tracked of members.filter(isMeant)) this.learn(tracked, found.get(name));
    }
    this.settle();
  }

  hearOf(group: Group, object: KubeObject, deleted: boolean): void {
    const members = group.members.get(object.metadata.name ?? '');
    if (members === undefined) return;
    for (const tracked of members) {
      if (tracked.object !== undefined && isOlder(object, tracked.object)) continue;
      if (deleted) tracked.object = withKind(object, tracked.ref);
      this.learn(tracked, deleted ? undefined : object);
    }
    this.settle();
  }

  /** An object as it is now, or that it is not there. */
  learn(tracked: Tracked, object: KubeObject | undefined): void {
    tracked.turn++;
    tracked.heard = performance.now();
    if (object === undefined) this.miss(tracked);
    else this.weigh(tracked, object, tracked.turn);
  }

  /** Judges an object that is there. */
  weigh(tracked: Tracked, object: KubeObject, turn: number): void {
    this.timers.cancel(tracked);
    tracked.lost = false;
    tracked.object = withKind(object, tracked.ref);
    const status = this.question.rule(tracked.object, this.setup.cluster.client.now());
    const open = status.status === 'InProgress';
    if (open && this.question.pods && isJudgedByPods(tracked.object)) {
      void this.judge(tracked, tracked.object, status, turn);
      return;
    }
    this.mark(tracked, status);
    if (open && isUnschedulable(tracked.object)) this.timers.after(tracked, SCHEDULE_WINDOW, () => this.again(tracked));
  }

  /** Looks at the pods of an object; the status stays what it was until they are known. */
  async judge(tracked: Tracked, object: KubeObject, status: ObjectStatus, turn: number): Promise<void> {
    let verdict = { status: UNKNOWN, unschedulable: false };
    try {
      verdict = await judgeByPods(this.setup.cluster, object, status, this.work.signal);
    } catch {
      // Helm knows nothing about an object whose pods it cannot list, and waits for the next event.
    }
    if (this.work.signal.aborted || tracked.turn !== turn) return;
    this.mark(tracked, verdict.status);
    if (verdict.unschedulable) this.timers.after(tracked, SCHEDULE_WINDOW, () => this.again(tracked));
    this.settle();
  }

  again(tracked: Tracked): void {
    if (tracked.object !== undefined) this.learn(tracked, tracked.object);
    this.settle();
  }

  mark(tracked: Tracked, status: ObjectStatus): void {
    if (tracked.status.status === status.status && tracked.status.message === status.message) return;
    tracked.status = status;
    this.reports?.change();
  }

  /** Ends the wait for the sake of one object. */
  abandon(tracked: Tracked, why: string): void {
    if (!this.isPending(tracked)) return;
    tracked.turn++;
    this.mark(tracked, failed(why));
    this.over.resolve('settled');
  }

  /** An object is not there. It may come back: somebody replaces it, or the list was older than the object. */
  miss(tracked: Tracked): void {
    const seen = tracked.object !== undefined;
    if (this.question.desired === 'NotFound' || seen) this.mark(tracked, NOT_FOUND);
    if (this.question.desired === 'NotFound' || this.timers.has(tracked) || tracked.lost) return;
    this.timers.after(tracked, this.question.goneGrace, () => void this.confirmGone(tracked));
  }

  async confirmGone(tracked: Tracked): Promise<void> {
    const { client } = this.setup.cluster;
    const { signal } = this.work;
    const { turn } = tracked;
    const stale = (): boolean => signal.aborted || tracked.turn !== turn;
    try {
      const object = await client.get(tracked.ref, { signal });
      if (!stale()) this.learn(tracked, object);
    } catch (error) {
      if (stale()) return;
      if (!isNotFound(error)) this.timers.after(tracked, this.setup.timing.retry, () => void this.confirmGone(tracked));
      else await this.giveUp(tracked, stale);
    }
    this.settle();
  }

  /** An object is gone for good. */
  async giveUp(tracked: Tracked, stale: () => boolean): Promise<void> {
    const done = this.question.doneWhenGone(tracked);
    if (done === 'no') tracked.lost = true;
    else if (done === 'yes') this.mark(tracked, current('Resource was removed'));
    else {
      const outcome = await this.outcomeOf(tracked);
      if (!stale()) this.mark(tracked, outcome);
    }
  }

  /** What became of an object that is gone: its last state says it, or what the cluster noted. */
  async outcomeOf({ ref, object }: Tracked): Promise<ObjectStatus> {
    const { client } = this.setup.cluster;
    const last = object && this.question.rule(object, client.now());
    if (last !== undefined && last.status !== 'InProgress' && last.status !== 'Terminating') return last;
    try {
      return await outcomeOfGone(client, ref, object, this.work.signal);
    } catch {
      // Who may not read events cannot be told more than that it is gone.
      return current('Resource was removed');
    }
  }

  /**
   * Reads the groups that have been silent about what is awaited: a connection may be dead without anybody having
   * noticed, or the one event that counts was missed while others came.
   */
  doubt(): void {
    const { silence } = this.setup.timing;
    const now = performance.now();
    for (const group of this.groups) {
      const silent = [...group.members.values()]
        .flat()
        .filter((tracked) => this.isPending(tracked) && now - tracked.heard >= silence);
      for (const tracked of silent) tracked.heard = now;
      if (silent.length > 0) void this.read(group);
    }
    this.timers.after('silence', silence / 2, () => this.doubt());
  }

  isPending(tracked: Tracked): boolean {
    return !tracked.lost && tracked.status.status !== this.question.desired;
  }

  async read(group: Group): Promise<void> {
    const turns = new Map([...group.members.values()].flat().map((tracked) => [tracked, tracked.turn]));
    try {
      const signal = within(this.setup.timing.silence, this.work.signal);
      const { items } = await this.setup.cluster.client.list(group.mapping, { ...group.query, signal });
      if (this.work.signal.aborted) return;
      // Of what was heard meanwhile the list may know less.
      this.sync(group, items, (tracked) => turns.get(tracked) === tracked.turn);
    } catch {
      // The watch says what is wrong, if anything is.
    }
  }

  /** Reads what is still awaited once more, so that nothing fails because a watch did not tell in time. */
  async lookAgain(): Promise<void> {
    const { lastLook } = this.setup.timing;
    const left = this.left();
    const why = this.evidence?.conclude(left, lastLook);
    const open = left.filter(({ status, lost }) => !lost && status.status !== 'Failed');
    if (open.length > LAST_LOOKS) return why;
    const signal = within(lastLook, this.work.signal);
    const looks = Promise.all([why, ...open.map((tracked) => this.lookAt(tracked, signal))]);
    await Promise.race([looks, pause(lastLook, this.work.signal)]);
  }

  async lookAt(tracked: Tracked, signal: AbortSignal): Promise<void> {
    try {
      this.learn(tracked, await this.setup.cluster.client.get(tracked.ref, { signal }));
    } catch (error) {
      // Whatever else it is, the time is over, and what was known before is told.
      if (!isNotFound(error)) return;
      this.miss(tracked);
      if (this.question.desired === 'Current') await this.giveUp(tracked, () => this.work.signal.aborted);
    }
    if (!this.work.signal.aborted) this.settle();
  }
}
