/** Makes provenance files. Go: helm pkg/provenance/sign.go ClearSign */
import type { PintleError } from '../errors.ts';
import { GoError } from '../go/error.ts';
import { quote } from '../go/quote.ts';
import { signedForm, writeCleartext } from './cleartext.ts';
import { provenanceFault } from './fault.ts';
import type { Entity } from './keyring.ts';
import { type PgpKey, signText, unlockKey } from './openpgp.ts';
import { messageText, sha256Digest } from './sums.ts';
import type { SignedArchive } from './verification.ts';
import { loadKeyring } from './verify.ts';

/** A private key that can sign. */
export interface SigningKey {
  /** An identity of the key, to ask for its passphrase with. */
  readonly name: string;
  /** Locked with a passphrase; `unlock` gives the key to sign with. */
  readonly encrypted: boolean;
  /** @throws PintleError PROVENANCE_INVALID for the wrong passphrase */
  unlock(passphrase: Uint8Array): Promise<SigningKey>;
  /** Signs text, one byte a character. */
  clearSign(text: string, now: Date): Promise<Uint8Array>;
}

/**
 * The private key that `id` names in a keyring, binary or armored: by a whole identity, or else by a part that
 * only one identity has.
 *
 * @throws PintleError PROVENANCE_INVALID with Helm's text
 */
export async function findSigningKey(keyring: Uint8Array, id: string): Promise<SigningKey> {
  const entity = id === '' ? undefined : findEntity(await loadKeyring(keyring), id);
  if (entity === undefined) {
    throw provenanceFault(
      'key-not-found',
      'private key not found',
      `no key of the keyring has ${quote(id)} in its name`,
    );
  }
  if (entity.key.secret === 'none') throw notPrivate();
  return signingKey(entity, entity.key);
}

function notPrivate(): PintleError {
  return provenanceFault(
    'key-not-found',
    'provided key is not a private key. Try providing a keyring with secret keys',
    'gpg --export-secret-keys > secring.gpg writes one',
  );
}

/** Go: NewFromKeyring */
function findEntity(entities: readonly Entity[], id: string): Entity | undefined {
  const candidates: Entity[] = [];
  for (const entity of entities) {
    for (const name of entity.identities.keys()) {
      if (name === id) return entity;
      if (name.includes(id)) candidates.push(entity);
    }
  }
  if (candidates.length < 2) return candidates[0];
  throw provenanceFault(
    'key-not-found',
    `more than one key contain the id ${quote(id)}`,
    'give the whole name as gpg --list-secret-keys shows it',
  );
}

function signingKey(entity: Entity, key: PgpKey): SigningKey {
  const [name = 'Unknown'] = [...entity.identities.keys()].filter((identity) => identity !== '');
  return {
    name,
    encrypted: key.secret === 'locked',
    async unlock(passphrase) {
      refuseDummy(key);
      try {
        return signingKey(entity, await unlockKey(entity.packet, new TextDecoder().decode(passphrase)));
      } catch (error) {
        if (!(error instanceof GoError)) throw error;
        throw provenanceFault('key-locked', error.message, 'the passphrase may be wrong', error);
      }
    },
    async clearSign(text, now) {
      refuseDummy(key, 'failed to either sign or armor message block: ');
      if (key.secret === 'locked') {
        const id = key.id.toUpperCase();
        throw provenanceFault('key-locked', `openpgp: invalid argument: signing key ${id} is encrypted`);
      }
      const { packet, hash } = await signText(key, signedForm(text), now);
      return writeCleartext(text, hash, packet);
    },
  };
}

/** GnuPG leaves the primary key out of an export of subkeys. */
function refuseDummy(key: PgpKey, prefix = ''): void {
  if (key.secret !== 'elsewhere') return;
  throw provenanceFault(
    'key-not-found',
    `${prefix}openpgp: s2k GNU dummy key: dummy key found`,
    'the keyring has only subkeys of this key; charts are signed with the primary key',
  );
}

/**
 * The provenance file of a chart's archive.
 *
 * @param metadataYaml of the chart in the archive
 * @throws PintleError PROVENANCE_INVALID
 */
export async function signChart(
  archive: SignedArchive,
  metadataYaml: string,
  key: SigningKey,
  now: Date,
): Promise<Uint8Array> {
  return signArchive(archive, metadataYaml, key, now);
}

/**
 * The provenance file of any archive (a plugin's). Both are of the same form.
 *
 * @throws PintleError PROVENANCE_INVALID
 */
export async function signArchive(
  archive: SignedArchive,
  metadataYaml: string,
  key: SigningKey,
  now: Date,
): Promise<Uint8Array> {
  return key.clearSign(messageText(metadataYaml, archive.name, await sha256Digest(archive.bytes)), now);
}
