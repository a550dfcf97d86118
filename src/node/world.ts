import type { Digests, Log, Progress } from '../host.ts';
import type { HttpClient } from '../sources/http/client.ts';
import type { Environment, Settings } from './environment.ts';

/** What the verbs that reach out of this machine work with. */
export interface World {
  readonly settings: Settings;
  readonly env: Environment;
  readonly log: Log;
  readonly http: HttpClient;
  readonly digests: Digests;
  /** Shows how far long work is; nothing where nobody looks. */
  readonly progress?: Progress;
  /** Takes what Helm prints along the way, one line without its end. */
  readonly out: (line: string) => void;
}
