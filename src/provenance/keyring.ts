/** Keys with their identities and subkeys. Go: go-crypto openpgp/keys.go */
import { fromBytes } from '../go/byte-string.ts';
import { decodeBytes } from '../go/bytes.ts';
import { decodeArmor } from './armor.ts';
import { PgpError, structural } from './fault.ts';
import { type PgpKey, readKeyPacket, type SignedData, signatureFault } from './openpgp.ts';
import {
  type Packet,
  PUBLIC_KEY,
  PUBLIC_SUBKEY,
  readPackets,
  SECRET_KEY,
  SECRET_SUBKEY,
  SIGNATURE,
  USER_ID,
} from './packets.ts';
import {
  CERTIFICATION_REVOCATION,
  DIRECT_KEY,
  FIRST_CERTIFICATION,
  isRevoked,
  KEY_REVOCATION,
  LAST_CERTIFICATION,
  readSignaturePacket,
  type SignaturePacket,
  SUBKEY_BINDING,
  SUBKEY_REVOCATION,
} from './signature-packet.ts';

export interface Identity {
  readonly name: string;
  selfSignature?: SignaturePacket;
  readonly revocations: SignaturePacket[];
}

export interface Subkey {
  readonly key: PgpKey;
  readonly binding: SignaturePacket;
  readonly revocations: readonly SignaturePacket[];
}

/** A key that people know by a name. */
export interface Entity {
  readonly key: PgpKey;
  /** The packet that the primary key came in. */
  readonly packet: Packet;
  /** By name, those only that the key itself has signed. */
  readonly identities: Map<string, Identity>;
  readonly subkeys: Subkey[];
  readonly revocations: SignaturePacket[];
  /** Keys of version 6 have one that is about the key itself. */
  selfSignature?: SignaturePacket;
}

/** More keys than anybody has; checking each costs time. */
const MAX_PACKETS = 100_000;

/**
 * The keys of a keyring, binary or armored. Keys that are malformed or of an unknown kind are left out as long as
 * there is another.
 *
 * @throws PgpError, GoError
 */
export async function readKeyring(bytes: Uint8Array): Promise<Entity[]> {
  const reader = new Reader(bytes);
  const entities: Entity[] = [];
  let skipped: PgpError | undefined;
  while (reader.peek() !== undefined) {
    try {
      entities.push(await readEntity(reader));
    } catch (error) {
      if (!(error instanceof PgpError) || error.kind === 'fatal' || reader.broken) throw error;
      skipped = error;
      skipToPublicKey(reader);
    }
  }
  if (entities.length === 0 && skipped !== undefined) throw skipped;
  return entities;
}

/** Packets with one to look ahead. */
class Reader {
  readonly #packets: Iterator<Packet, undefined>;
  #ahead: Packet | undefined;
  #count = 0;
  /** The file cannot be read any further. */
  broken = false;

  constructor(bytes: Uint8Array) {
    this.#packets = packetsOf(bytes);
    this.#advance();
  }

  peek(): Packet | undefined {
    return this.#ahead;
  }

  next(): Packet | undefined {
    const packet = this.#ahead;
    if (packet !== undefined) this.#advance();
    return packet;
  }

  #advance(): void {
    if (++this.#count > MAX_PACKETS) throw new PgpError('fatal', 'too many keys in the keyring');
    this.broken = true;
    this.#ahead = this.#packets.next().value;
    this.broken = false;
  }
}

/** All armored blocks one after the other, or the packets as they are. */
function* packetsOf(bytes: Uint8Array): Generator<Packet, undefined> {
  // Every packet's first byte is 0x80 or more, and no armor's is.
  if (bytes.length === 0 || (bytes[0] as number) >= 0x80) return yield* readPackets(bytes);
  const text = fromBytes(bytes);
  let block = decodeArmor(text);
  if (block === undefined) return yield* readPackets(bytes);
  while (block !== undefined) {
    if (/^PGP (PUBLIC|PRIVATE) KEY BLOCK$/.test(block.type)) yield* readPackets(block.bytes);
    block = decodeArmor(text, block.end);
  }
  return undefined;
}

/** Go: readToNextPublicKey, which passes over secret keys. */
function skipToPublicKey(reader: Reader): void {
  for (let packet = reader.peek(); packet !== undefined && packet.tag !== PUBLIC_KEY; packet = reader.peek()) {
    reader.next();
  }
}

async function readEntity(reader: Reader): Promise<Entity> {
  const packet = reader.next() as Packet;
  if (packet.tag !== PUBLIC_KEY && packet.tag !== SECRET_KEY) {
    throw structural('first packet was not a public/private key');
  }
  const key = await readKeyPacket(packet);
  if (!canSign(key)) throw structural('primary key cannot be used for signatures');
  const entity: Entity = { key, packet, identities: new Map(), subkeys: [], revocations: [] };
  const direct: SignaturePacket[] = [];
  const revocations: SignaturePacket[] = [];
  for (let next = reader.peek(); next !== undefined; next = reader.peek()) {
    if (next.tag === PUBLIC_KEY || next.tag === SECRET_KEY) break;
    reader.next();
    if (next.tag === USER_ID) await addIdentity(entity, next, reader);
    else if (next.tag === PUBLIC_SUBKEY || next.tag === SECRET_SUBKEY) await addSubkey(entity, next, reader);
    else if (next.tag === SIGNATURE) {
      const signature = readable(next);
      if (signature?.type === KEY_REVOCATION) revocations.push(signature);
      else if (signature?.type === DIRECT_KEY) direct.push(signature);
    }
  }
  await finishEntity(entity, direct, revocations);
  return entity;
}

const ENCRYPT_ONLY: ReadonlySet<number> = new Set([2, 16, 18, 25, 26]);

function canSign(key: PgpKey): boolean {
  return !ENCRYPT_ONLY.has(key.algorithm);
}

async function finishEntity(
  entity: Entity,
  direct: readonly SignaturePacket[],
  revocations: readonly SignaturePacket[],
): Promise<void> {
  const { key } = entity;
  if (entity.identities.size === 0 && key.version < 6) {
    throw structural(`v${key.version} entity without any identities`);
  }
  if (key.version === 6) {
    const own = direct.filter((signature) => isIssuer(signature, key)).sort((a, b) => b.created - a.created);
    const [newest] = own;
    if (newest === undefined) throw structural('v6 entity without a valid direct-key signature');
    if ((await signatureFault(newest, key, { key })) !== undefined) {
      throw structural('invalid direct-key self-signature for v6 primary key');
    }
    entity.selfSignature = newest;
  }
  for (const revocation of revocations) {
    if ((await signatureFault(revocation, key, { key })) !== undefined) {
      throw structural('revocation signature signed by alternate key');
    }
    entity.revocations.push(revocation);
  }
}

/** The signature, nothing where its kind is unknown: such packets are passed over. */
function readable(packet: Packet): SignaturePacket | undefined {
  try {
    return readSignaturePacket(packet.body);
  } catch (error) {
    if (error instanceof PgpError && error.kind === 'unsupported') return undefined;
    throw error;
  }
}

/** The signatures that follow a packet. */
function* signaturesAfter(reader: Reader): Generator<SignaturePacket> {
  for (let next = reader.peek(); next?.tag === SIGNATURE; next = reader.peek()) {
    reader.next();
    const signature = readable(next);
    if (signature !== undefined) yield signature;
  }
}

/** Go: CheckKeyIdOrFingerprint */
function isIssuer(signature: SignaturePacket, key: PgpKey): boolean {
  if (signature.issuerFingerprint !== undefined) return signature.issuerFingerprint === key.fingerprint;
  return signature.issuer === key.id;
}

/** Go: addUserID. Signatures of other people count for nothing. */
async function addIdentity(entity: Entity, packet: Packet, reader: Reader): Promise<void> {
  const { key, identities } = entity;
  const identity: Identity = { name: decodeBytes(packet.body), revocations: [] };
  for (const signature of signaturesAfter(reader)) {
    const { type } = signature;
    const certifies = type >= FIRST_CERTIFICATION && type <= LAST_CERTIFICATION;
    if (!certifies && type !== CERTIFICATION_REVOCATION) throw structural('user ID signature with wrong type');
    if (!isIssuer(signature, key)) continue;
    const fault = await signatureFault(signature, key, { key, identity: packet.body });
    if (fault !== undefined) throw structural(`user ID self-signature invalid: ${fault}`);
    if (!certifies) identity.revocations.push(signature);
    else if (!identity.selfSignature || signature.created > identity.selfSignature.created) {
      identity.selfSignature = signature;
    }
    identities.set(identity.name, identity);
  }
}

/** Go: addSubkey */
async function addSubkey(entity: Entity, packet: Packet, reader: Reader): Promise<void> {
  const key = await knownSubkey(packet);
  if (key === undefined) return;
  let binding: SignaturePacket | undefined;
  const revocations: SignaturePacket[] = [];
  for (const signature of signaturesAfter(reader)) {
    if (signature.type !== SUBKEY_BINDING && signature.type !== SUBKEY_REVOCATION) {
      throw structural('subkey signature with wrong type');
    }
    const fault = await subkeyFault(signature, entity.key, key);
    if (fault !== undefined) throw structural(`subkey signature invalid: ${fault}`);
    if (signature.type === SUBKEY_REVOCATION) revocations.push(signature);
    else if (!binding || signature.created > binding.created) binding = signature;
  }
  if (binding === undefined) throw structural('subkey packet not followed by signature');
  entity.subkeys.push({ key, binding, revocations });
}

async function knownSubkey(packet: Packet): Promise<PgpKey | undefined> {
  try {
    return await readKeyPacket(packet);
  } catch (error) {
    if (error instanceof PgpError && error.kind === 'unsupported') return undefined;
    throw error;
  }
}

/** A subkey that signs must have signed the primary key, too. Go: VerifyKeySignature */
async function subkeyFault(signature: SignaturePacket, key: PgpKey, subkey: PgpKey): Promise<string | undefined> {
  const data: SignedData = { key, subkey };
  const fault = await signatureFault(signature, key, data);
  if (fault !== undefined || !signature.maySign) return fault;
  const { embedded } = signature;
  if (embedded === undefined) return structural('signing subkey is missing cross-signature').message;
  const crossFault = await signatureFault(embedded, subkey, data);
  if (crossFault === undefined) return undefined;
  return structural(`error while verifying cross-signature: ${crossFault}`).message;
}

/** The identity that speaks for the key: not revoked, marked as primary, made last. Go: PrimaryIdentity */
export function primaryIdentity(entity: Entity): Identity | undefined {
  let best: Identity | undefined;
  for (const identity of entity.identities.values()) if (!best || isBetter(best, identity)) best = identity;
  return best;
}

function isBetter(than: Identity, identity: Identity): boolean {
  const fewer = than.revocations.length - identity.revocations.length;
  if (fewer !== 0) return fewer > 0;
  if (!than.selfSignature) return true;
  if (!identity.selfSignature) return false;
  const { primaryIdentity: isPrimary, created } = identity.selfSignature;
  if (than.selfSignature.primaryIdentity !== isPrimary) return isPrimary;
  return created > than.selfSignature.created;
}

/** The self-signature that says what the key is for and how long. Go: PrimarySelfSignature */
export function primarySelfSignature(entity: Entity): SignaturePacket | undefined {
  return entity.key.version === 6 ? entity.selfSignature : primaryIdentity(entity)?.selfSignature;
}

/** A key of an entity that may sign, with what says so. */
export interface SigningCandidate {
  readonly entity: Entity;
  readonly key: PgpKey;
  readonly selfSignature: SignaturePacket;
  /** Where the key is a subkey. */
  readonly subkey?: Subkey;
}

/** The keys with this id that are there for signing. Go: KeysByIdUsage */
export function signingKeysById(entities: readonly Entity[], id: string): SigningCandidate[] {
  const found: SigningCandidate[] = [];
  for (const entity of entities) {
    const own = primarySelfSignature(entity);
    if (entity.key.id === id && own?.maySign) found.push({ entity, key: entity.key, selfSignature: own });
    for (const subkey of entity.subkeys) {
      if (subkey.key.id !== id || !subkey.binding.maySign || !canSign(subkey.key)) continue;
      found.push({ entity, key: subkey.key, selfSignature: subkey.binding, subkey });
    }
  }
  return found;
}

/** Go: KeyExpired. True also before the key was made. */
export function keyExpired(key: PgpKey, selfSignature: SignaturePacket, now: number): boolean {
  if (key.created > now) return true;
  return selfSignature.keyLifetime !== 0 && now > key.created + selfSignature.keyLifetime;
}

/** Whether the key, the subkey or the identity that speaks for it was taken back. */
export function candidateRevoked({ entity, subkey }: SigningCandidate, now: number): boolean {
  if (isRevoked(entity.revocations, now)) return true;
  if (subkey && isRevoked(subkey.revocations, now)) return true;
  return entity.key.version < 6 && isRevoked(primaryIdentity(entity)?.revocations ?? [], now);
}
