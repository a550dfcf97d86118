/** Status rules of the smaller kinds. Go: kstatus core.go; a Job as Helm waits for it: statusreaders job_status_reader.go */
import type { KubeObject } from '../json.ts';
import { conditionsOf, integerAt, stringAt } from './fields.ts';
import { current, failed, inProgress, type ObjectStatus } from './status.ts';

export function persistentVolumeClaim(object: KubeObject): ObjectStatus {
  const phase = stringAt(object, ['status', 'phase'], 'unknown');
  return phase === 'Bound' ? current('PVC is Bound') : inProgress(`PVC is not Bound. phase: ${phase}`);
}

export function service(object: KubeObject): ObjectStatus {
  const waits = stringAt(object, ['spec', 'type']) === 'LoadBalancer' && stringAt(object, ['spec', 'clusterIP']) === '';
  return waits ? inProgress('ClusterIP not set. Service type: LoadBalancer') : current('Service is ready');
}

export function customResourceDefinition(object: KubeObject): ObjectStatus {
  for (const { type, status, reason, message } of conditionsOf(object)) {
    if (type === 'NamesAccepted' && status === 'False') return failed(message);
    if (type !== 'Established') continue;
    if (status === 'False' && reason !== 'Installing') return failed(message);
    if (status === 'True') return current('CRD is established');
  }
  return inProgress('Install in progress');
}

/** A Job that has started is as it should be, whatever becomes of it. */
export function job(object: KubeObject): ObjectStatus {
  const ended = endOfJob(object);
  if (ended !== undefined) return ended;
  if (stringAt(object, ['status', 'startTime']) === '') return inProgress('Job not started');
  const count = (name: string): number => integerAt(object, ['status', name], 0);
  return current(
    `Job in progress. success:${count('succeeded')}, active: ${count('active')}, failed: ${count('failed')}`,
  );
}

/** A Job that one waits for, as hooks and `--wait-for-jobs` have it: done when it is complete. */
export function awaitedJob(object: KubeObject): ObjectStatus {
  return endOfJob(object) ?? inProgress('Job in progress');
}

function endOfJob(object: KubeObject): ObjectStatus | undefined {
  const completions = integerAt(object, ['spec', 'completions'], integerAt(object, ['spec', 'parallelism'], 1));
  for (const { type, status } of conditionsOf(object)) {
    if (status !== 'True') continue;
    if (type === 'Complete') {
      return current(`Job Completed. succeeded: ${integerAt(object, ['status', 'succeeded'], 0)}/${completions}`);
    }
    if (type === 'Failed') {
      return failed(`Job Failed. failed: ${integerAt(object, ['status', 'failed'], 0)}/${completions}`);
    }
  }
  return undefined;
}
