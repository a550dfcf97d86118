/** Digests such as `sha256:<hex>`. Go: opencontainers/go-digest */
import { GoError } from '../../go/error.ts';
import type { Digests } from '../../host.ts';

const SHA256 = /^sha256:[0-9a-f]{64}$/;

/** The algorithms that Go knows, with the length of their hex. */
const LENGTHS: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/**
 * Checks that a text is a digest. Nothing else may become part of a path or a file name.
 *
 * @throws GoError with go-digest's text.
 */
export function checkDigest(text: string): void {
  if (SHA256.test(text)) return;
  const colon = text.indexOf(':');
  if (colon <= 0 || colon + 1 === text.length) throw new GoError('invalid checksum digest format');
  const algorithm = text.slice(0, colon);
  const length = Object.hasOwn(LENGTHS, algorithm) ? LENGTHS[algorithm] : undefined;
  if (length === undefined) {
    const sound = text.length <= 1024 && /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/.test(text);
    throw new GoError(sound ? 'unsupported digest algorithm' : 'invalid checksum digest format');
  }
  const hex = text.slice(colon + 1);
  if (hex.length !== length) throw new GoError('invalid checksum digest length');
  if (!/^[0-9a-f]+$/.test(hex)) throw new GoError('invalid checksum digest format');
  // Go can hash these too; nothing that stores charts uses them.
  if (algorithm !== 'sha256') throw new GoError('unsupported digest algorithm');
}

/** Whether a text is a digest that can be checked. */
export function isDigest(text: string): boolean {
  return SHA256.test(text);
}

/** The digest of some bytes. */
export function digestOf(bytes: Uint8Array, digests: Digests): string {
  const hasher = digests.sha256();
  hasher.update(bytes);
  return `sha256:${hasher.hex()}`;
}
