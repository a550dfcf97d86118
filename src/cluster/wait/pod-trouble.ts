/** What is wrong with a pod, as far as its own status says. */
import { dig, type Json, type KubeObject, own } from '../json.ts';
import { integerAt, objectsAt, stringAt } from '../ready/fields.ts';

/**
 * Kinds of trouble: an image that cannot be had, a container that ends again and again, one whose configuration is
 * missing, a pod for which there is no node. `ended` is a container that has failed once.
 */
export type TroubleKind = 'image' | 'crash' | 'config' | 'unschedulable' | 'ended';

export interface Trouble {
  readonly kind: TroubleKind;
  readonly pod: string;
  /** The pod's; another pod may take its name. */
  readonly uid: string;
  /** Empty where it is the pod's own. */
  readonly container: string;
  readonly restarts: number;
  /** For people: `ImagePullBackOff: Back-off pulling image "x"`. */
  readonly reason: string;
}

const WAITING: ReadonlyMap<string, TroubleKind> = new Map<string, TroubleKind>([
  ['ErrImagePull', 'image'],
  ['ImagePullBackOff', 'image'],
  ['InvalidImageName', 'image'],
  ['ErrImageNeverPull', 'image'],
  ['ImageInspectError', 'image'],
  ['RegistryUnavailable', 'image'],
  ['CrashLoopBackOff', 'crash'],
  ['CreateContainerConfigError', 'config'],
  ['CreateContainerError', 'config'],
]);

/** The troubles of a pod, its init containers' first. A pod that is going away has none. */
export function troublesOf(pod: KubeObject): readonly Trouble[] {
  if (pod.metadata.deletionTimestamp) return [];
  const { name = '', uid = '' } = pod.metadata;
  const at = (container: string, restarts: number, kind: TroubleKind, reason: string): Trouble => ({
    kind,
    pod: name,
    uid,
    container,
    restarts,
    reason,
  });
  const out: Trouble[] = [];
  for (const field of ['initContainerStatuses', 'containerStatuses']) {
    for (const status of objectsAt(pod, 'status', field)) {
      const found = containerTrouble(status);
      if (found === undefined) continue;
      out.push(at(stringAt(status, ['name']), integerAt(status, ['restartCount'], 0), ...found));
    }
  }
  const homeless = homelessness(pod);
  if (homeless !== undefined) out.push(at('', 0, 'unschedulable', homeless));
  return out;
}

function containerTrouble(status: Json): readonly [TroubleKind, string] | undefined {
  const reason = stringAt(status, ['state', 'waiting', 'reason']);
  const kind = WAITING.get(reason);
  if (kind === 'crash') {
    const last = dig(status, 'lastState', 'terminated');
    return [kind, last === undefined ? reason : `${reason}, ${exit(last)}`];
  }
  if (kind !== undefined) return [kind, withMessage(reason, stringAt(status, ['state', 'waiting', 'message']))];
  const ended = dig(status, 'state', 'terminated');
  return integerAt(ended, ['exitCode'], 0) === 0 ? undefined : ['ended', exit(ended as Json)];
}

function exit(terminated: Json): string {
  const reason = stringAt(terminated, ['reason'], 'Error');
  const code = integerAt(terminated, ['exitCode'], 0);
  return withMessage(`${reason} (exit code ${code})`, stringAt(terminated, ['message']));
}

function homelessness(pod: KubeObject): string | undefined {
  if (stringAt(pod, ['status', 'phase']) !== 'Pending') return undefined;
  const conditions = objectsAt(pod, 'status', 'conditions');
  const scheduled = conditions.find((c) => own(c, 'type') === 'PodScheduled' && own(c, 'status') === 'False');
  if (scheduled === undefined) return undefined;
  return withMessage(stringAt(scheduled, ['reason']), stringAt(scheduled, ['message']));
}

function withMessage(reason: string, message: string): string {
  return message === '' ? reason : `${reason}: ${message.trim()}`;
}

/** A trouble in one line: `container app of pod web-1: ErrImagePull: …`. */
export function troubleText({ container, pod, reason }: Trouble): string {
  return `${container === '' ? '' : `container ${container} of `}pod ${pod}: ${reason}`;
}

const ADVICE: Readonly<Record<TroubleKind, string>> = {
  image: "check the image's name and tag, and whether the cluster may pull it",
  config: 'make the ConfigMap or Secret that the container refers to, or correct the reference',
  crash: 'the log of the container says why it ends',
  ended: 'the log of the container says why it failed',
  unschedulable: 'see what the pod asks of a node: resources, selectors, tolerations, volumes',
};

/** What one can do about a trouble, in one sentence. */
export function adviceFor({ kind }: Trouble): string {
  return ADVICE[kind];
}
