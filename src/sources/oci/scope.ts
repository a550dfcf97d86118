/** What a token is asked for. */

/** Rights in one repository. */
export interface Scope {
  readonly repository: string;
  /** Sorted: `pull`, or `pull` and `push`. */
  readonly actions: readonly Action[];
}

export type Action = 'pull' | 'push';

/** The rights that reading needs. */
export function pullScope(repository: string): Scope {
  return { repository, actions: ['pull'] };
}

/** The rights that writing needs. Registries want `pull` along with `push`. */
export function pushScope(repository: string): Scope {
  return { repository, actions: ['pull', 'push'] };
}

/** `repository:charts/web:pull,push` */
export function scopeText({ repository, actions }: Scope): string {
  return `repository:${repository}:${actions.join(',')}`;
}

/**
 * The scopes to ask for, out of what is needed and what a challenge names. A challenge cannot widen them; it can only
 * say that the registry knows the repository by a longer name, as one behind a proxy does.
 */
export function scopesToAsk(needed: readonly Scope[], challenged: string): readonly string[] {
  const names = challenged
    .split(' ', MAX_SCOPES)
    .map((scope) => /^repository:([^: ]+):/.exec(scope)?.[1] ?? '')
    .filter((name) => /^[a-z0-9._/-]+$/.test(name));
  return needed
    .map((scope) => {
      const longer = names.find((name) => name.endsWith(`/${scope.repository}`));
      if (longer === undefined || names.includes(scope.repository)) return scopeText(scope);
      return scopeText({ ...scope, repository: longer });
    })
    .sort();
}

/** How many scopes of a challenge are looked at. */
const MAX_SCOPES = 16;
