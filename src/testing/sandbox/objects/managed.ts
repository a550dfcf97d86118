/** Who wrote which field. Go: apimachinery/pkg/util/managedfields */
import type { KubeObject } from '../../../cluster/json.ts';
import type { Draft } from '../edit.ts';
import type { Write } from '../verbs/write.ts';
import type { World } from '../world.ts';

/** Notes a write that is no apply in the object's managed fields. */
export function manageFields(_world: World, _write: Write, _before: KubeObject | undefined, _after: Draft): void {}
