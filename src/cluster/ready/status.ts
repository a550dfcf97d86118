/** What a status is, and the ones that are made again and again. */

/** How far an object is, in the words of kstatus. */
export type StatusName = 'InProgress' | 'Failed' | 'Current' | 'Terminating' | 'NotFound' | 'Unknown';

export interface ObjectStatus {
  readonly status: StatusName;
  /** Why; Helm's errors quote it. Empty where the status could not be found out. */
  readonly message: string;
}

export function inProgress(message: string): ObjectStatus {
  return { status: 'InProgress', message };
}

export function failed(message: string): ObjectStatus {
  return { status: 'Failed', message };
}

export function current(message: string): ObjectStatus {
  return { status: 'Current', message };
}

/** Of an object that was there and is gone. */
export const NOT_FOUND: ObjectStatus = { status: 'NotFound', message: 'Resource not found' };

/** Of an object that nobody has seen yet, or that the rules cannot read. */
export const UNKNOWN: ObjectStatus = { status: 'Unknown', message: '' };
