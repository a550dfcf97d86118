/** Answers that are no: Kubernetes' Status objects with the server's texts. Go: apimachinery/pkg/api/errors */
import type { Json } from '../../../cluster/json.ts';

export interface Cause {
  readonly reason?: string;
  readonly message: string;
  readonly field: string;
}

interface Details {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly Cause[];
  readonly retryAfterSeconds?: number;
}

/** A request that is refused. */
export class Refusal extends Error {
  readonly code: number;
  readonly status: Json;

  constructor(code: number, reason: string, message: string, details?: Details) {
    super(message);
    this.code = code;
    const filled = Object.fromEntries(Object.entries(details ?? {}).filter(([, v]) => v !== undefined && v !== ''));
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      ...(reason ? { reason } : {}),
      ...(details ? { details: filled as Json } : {}),
      code,
    };
  }
}

/** A refusal whose Status somebody else has made. */
export class StatusRefusal extends Refusal {
  override readonly status: Json;

  constructor(code: number, status: Json) {
    super(code, '', '');
    this.status = status;
  }
}

/** What a refusal names: `deployments.apps` in texts. */
export interface Named {
  readonly group: string;
  readonly resource: string;
  readonly kind: string;
}

function qualified({ group, resource }: Named): string {
  return group ? `${resource}.${group}` : resource;
}

export function notFound(of: Named, name: string): Refusal {
  const details = { name, group: of.group, kind: of.resource };
  return new Refusal(404, 'NotFound', `${qualified(of)} "${name}" not found`, details);
}

export function alreadyExists(of: Named, name: string): Refusal {
  const details = { name, group: of.group, kind: of.resource };
  return new Refusal(409, 'AlreadyExists', `${qualified(of)} "${name}" already exists`, details);
}

export function conflict(of: Named, name: string, why: string): Refusal {
  const message = `Operation cannot be fulfilled on ${qualified(of)} "${name}": ${why}`;
  return new Refusal(409, 'Conflict', message, { name, group: of.group, kind: of.resource });
}

export const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again';

export function forbidden(of: Named, name: string, why: string, causes?: readonly Cause[]): Refusal {
  const message = name ? `${qualified(of)} "${name}" is forbidden: ${why}` : `${qualified(of)} is forbidden: ${why}`;
  return new Refusal(403, 'Forbidden', message, {
    name,
    group: of.group,
    kind: of.resource,
    ...(causes ? { causes } : {}),
  });
}

export function badRequest(message: string): Refusal {
  return new Refusal(400, 'BadRequest', message);
}

/** What is at a path that the server knows nothing of. */
export function noSuchResource(): Refusal {
  return new Refusal(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function notAllowed(): Refusal {
  const message = 'the server does not allow this method on the requested resource';
  return new Refusal(405, 'MethodNotAllowed', message, {});
}

export function unsupportedMedia(message: string): Refusal {
  return new Refusal(415, 'UnsupportedMediaType', message);
}

/** One thing that is wrong with an object. Go: apimachinery/pkg/util/validation/field */
export interface Fault {
  readonly type:
    | 'Required'
    | 'Invalid'
    | 'NotSupported'
    | 'Duplicate'
    | 'Forbidden'
    | 'TooLong'
    | 'TypeInvalid'
    | 'NotFound'
    | 'TooMany';
  readonly field: string;
  /** All of the text after the field. */
  readonly text: string;
}

const REASONS: Readonly<Record<Fault['type'], string>> = {
  Required: 'FieldValueRequired',
  Invalid: 'FieldValueInvalid',
  NotSupported: 'FieldValueNotSupported',
  Duplicate: 'FieldValueDuplicate',
  Forbidden: 'FieldValueForbidden',
  TooLong: 'FieldValueTooLong',
  TypeInvalid: 'FieldValueTypeInvalid',
  NotFound: 'FieldValueNotFound',
  TooMany: 'FieldValueTooMany',
};

/** 422 with all faults. */
export function invalid(of: Named, name: string, faults: readonly Fault[]): Refusal {
  const texts = [...new Set(faults.map((fault) => `${fault.field}: ${fault.text}`))];
  const all = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  const kind = of.group ? `${of.kind}.${of.group}` : of.kind;
  return new Refusal(422, 'Invalid', `${kind} "${name}" is invalid: ${all}`, {
    name,
    group: of.group,
    kind: of.kind,
    causes: faults.map(({ type, field, text }) => ({ reason: REASONS[type], message: text, field })),
  });
}

export function required(field: string, detail = ''): Fault {
  return { type: 'Required', field, text: detail ? `Required value: ${detail}` : 'Required value' };
}

export function invalidValue(field: string, value: Json, detail: string): Fault {
  return { type: 'Invalid', field, text: `Invalid value: ${shown(value)}: ${detail}` };
}

export function notSupported(field: string, value: Json, allowed: readonly string[]): Fault {
  const values = allowed.map((v) => `"${v}"`).join(', ');
  return { type: 'NotSupported', field, text: `Unsupported value: ${shown(value)}: supported values: ${values}` };
}

export function duplicate(field: string, value: Json): Fault {
  return { type: 'Duplicate', field, text: `Duplicate value: ${shown(value)}` };
}

export function notFoundValue(field: string, value: Json): Fault {
  return { type: 'NotFound', field, text: `Not found: ${shown(value)}` };
}

export function forbiddenField(field: string, detail: string): Fault {
  return { type: 'Forbidden', field, text: `Forbidden: ${detail}` };
}

function shown(value: Json): string {
  return JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? Number(v) : v));
}

const OPTIONS: Readonly<Record<string, string>> = {
  DELETE: 'DeleteOptions',
  POST: 'CreateOptions',
  PUT: 'UpdateOptions',
};

/** 422 for an option of a request. */
export function invalidOption(method: string, fault: Fault): Refusal {
  const kind = OPTIONS[method] ?? 'PatchOptions';
  return invalid({ group: 'meta.k8s.io', resource: '', kind }, '', [fault]);
}
