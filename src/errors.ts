/** What went wrong, for programs. Sorted; a code is never renamed once released. */
export type ErrorCode =
  | 'ABORTED'
  | 'API_FAILED'
  | 'ARCHIVE_INVALID'
  | 'AUTH_FAILED'
  | 'BUDGET_EXCEEDED'
  | 'CAPABILITY_INVALID'
  | 'CHART_INVALID'
  | 'CHART_NOT_FOUND'
  | 'CHART_NOT_INSTALLABLE'
  | 'CLUSTER_UNREACHABLE'
  | 'CONFLICT'
  | 'CRD_INVALID'
  | 'CREDENTIALS_INVALID'
  | 'DEPENDENCY_INVALID'
  | 'DEPENDENCY_MISSING'
  | 'DIGEST_MISMATCH'
  | 'FILE_IO'
  | 'HOOK_FAILED'
  | 'INDEX_INVALID'
  | 'KUBECONFIG_INVALID'
  | 'KUBE_VERSION_INCOMPATIBLE'
  | 'LINT_FAILED'
  | 'LOCK_INVALID'
  | 'LOCK_MISMATCH'
  | 'MANIFEST_INVALID'
  | 'NAME_INVALID'
  | 'NETWORK_FAILED'
  | 'NETWORK_REFUSED'
  | 'NOT_FOUND'
  | 'NOT_READY'
  | 'NOT_SUPPORTED'
  | 'OWNERSHIP_CONFLICT'
  | 'PLUGIN_FAILED'
  | 'PLUGIN_INVALID'
  | 'POST_RENDER_FAILED'
  | 'PROVENANCE_INVALID'
  | 'REGISTRY_FAILED'
  | 'RELEASE_BUSY'
  | 'RELEASE_EXISTS'
  | 'RELEASE_FAILED'
  | 'RELEASE_INVALID'
  | 'RELEASE_NOT_FOUND'
  | 'RELEASE_TOO_LARGE'
  | 'REPOSITORY_INVALID'
  | 'SCHEMA_INVALID'
  | 'SCHEMA_VIOLATION'
  | 'STORE_FAILED'
  | 'TEMPLATE_EXEC'
  | 'TEMPLATE_FAIL'
  | 'TEMPLATE_PARSE'
  | 'USAGE'
  | 'VALUES_INVALID'
  | 'YAML_INVALID';

/** What Go says of work that its caller ended. Go: context.Canceled */
export const CANCELED_TEXT = 'context canceled';

/** A place in a template or file. Lines count from 1; columns count bytes from 0, as Go prints them. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
}

/** One step of the way from a rendered file to the failing node: `executing "define" at <node>`. */
export interface Frame extends Position {
  /** The template (file or define) that was executing. */
  readonly template: string;
  /** The source of the node, as Go prints it back. */
  readonly node: string;
}

export interface PintleErrorOptions {
  readonly position?: Position;
  /** Outermost first. */
  readonly chain?: readonly Frame[];
  /** The line of source at `position`. */
  readonly sourceLine?: string;
  /** What to do about it, one sentence. */
  readonly hint?: string;
  /** Machine-readable facts: names, limits, paths. */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * The one error that the library throws. `message` is what Helm prints for the same fault, so that
 * `--compat-errors` can print it alone; everything else is in the fields.
 */
export class PintleError extends Error {
  override name = 'PintleError';
  readonly code: ErrorCode;
  readonly position: Position | undefined;
  readonly chain: readonly Frame[];
  readonly sourceLine: string | undefined;
  readonly hint: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: PintleErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.position = options.position;
    this.chain = options.chain ?? [];
    this.sourceLine = options.sourceLine;
    this.hint = options.hint;
    this.data = options.data ?? {};
  }

  /**
   * The same error with another message, e.g. with what was being done before it; this one is its cause.
   *
   * @example throw error.withMessage(`UPGRADE FAILED: ${error.message}`)
   */
  withMessage(message: string): PintleError {
    const { code, position, chain, sourceLine, hint, data } = this;
    return new PintleError(code, message, {
      ...(position && { position }),
      ...(sourceLine !== undefined && { sourceLine }),
      ...(hint !== undefined && { hint }),
      chain,
      data,
      cause: this,
    });
  }

  /** Plain data, for logs and for passing between threads. */
  toJSON(): Record<string, unknown> {
    const { code, message, position, chain, sourceLine, hint, data } = this;
    return { code, message, position, chain, sourceLine, hint, data };
  }
}

/** The error of work that its caller ended. Go: context.Canceled */
export function canceled(cause?: unknown): PintleError {
  return new PintleError('ABORTED', CANCELED_TEXT, cause === undefined ? {} : { cause });
}
