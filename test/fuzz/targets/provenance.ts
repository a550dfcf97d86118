/** Signed texts, keys, and what holds certificates. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parseCertificate } from '../../../src/functions/certificate-parse.ts';
import { fromBytes } from '../../../src/go/byte-string.ts';
import { encodeBytes } from '../../../src/go/bytes.ts';
import { decodePem } from '../../../src/go/pem.ts';
import { decodeArmor, encodeArmor } from '../../../src/provenance/armor.ts';
import { readCleartext } from '../../../src/provenance/cleartext.ts';
import { readKeyring } from '../../../src/provenance/keyring.ts';
import { readSignaturePacket } from '../../../src/provenance/signature-packet.ts';
import { readSums } from '../../../src/provenance/sums.ts';
import { verifyProvenance } from '../../../src/provenance/verify.ts';
import { sameAnswer, sameWords } from '../compare.ts';
import { type Answer, base64, finding, type Target, textOf } from '../target.ts';
import { sameYamlWords } from './yaml-words.ts';

/** Files that Helm and GnuPG have signed. */
interface Signed {
  readonly archive: string;
  readonly rings: Readonly<Record<string, string>>;
  readonly cases: readonly { readonly name: string; readonly ring: string; readonly prov: string }[];
}

const SIGNED: Signed = JSON.parse(
  readFileSync(new URL('../../testdata/provenance/signed.json', import.meta.url), 'utf8'),
);
const ARCHIVE = Buffer.from(SIGNED.archive, 'base64');
const NAME = 'web-0.1.0.tgz';
const NOW = new Date(Date.UTC(2026, 10, 22));
const provs = SIGNED.cases.map(({ prov }) => Buffer.from(prov, 'latin1'));
const rings = Object.values(SIGNED.rings).map((ring) => Buffer.from(ring, 'base64'));
const MAIN = Buffer.from(SIGNED.rings['main'] ?? '', 'base64');
/** The texts that somebody has signed. */
const HONEST = new Set(provs.map((prov) => base64(readable(prov) ?? new Uint8Array())));

function readable(prov: Uint8Array): Uint8Array | undefined {
  try {
    return readCleartext(prov)?.signed;
  } catch {
    return undefined;
  }
}

/** The packets of signatures, without what stands before a packet. */
const signatures = provs.flatMap((prov) => {
  try {
    const bytes = readCleartext(prov)?.signature;
    return bytes === undefined ? [] : [bytes.subarray((bytes[0] as number) & 0x40 ? 2 : 3)];
  } catch {
    return [];
  }
});

const PGP_WORDS = [
  ...[
    '-----BEGIN PGP SIGNED MESSAGE-----',
    '-----BEGIN PGP SIGNATURE-----',
    '-----END PGP SIGNATURE-----',
    '\r\n',
    '\n\n',
  ],
  ...[
    'Hash: SHA512',
    'Hash: SHA256, SHA1',
    '- -',
    '\n...\n',
    'Version: x',
    '=abcd',
    '----',
    ' \t\n',
    'files:\n  a: b\n',
  ],
];

const PEM_WORDS = [
  '-----BEGIN ',
  '-----END ',
  '-----',
  '\n',
  '\r\n',
  'A',
  'A: b',
  'AAAA',
  '=',
  ' ',
  '\t',
  'CERTIFICATE',
];
const PEM = fc
  .array(
    fc.constantFrom(
      '-----BEGIN A-----\n',
      '-----END A-----\n',
      '-----END B-----',
      'AAAA\n',
      'AA==\n',
      'a: b\n',
      '\n',
      'x',
      '-----BEGIN A-----',
      '--',
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

export const provenanceTargets: readonly Target[] = [
  {
    name: 'cleartext',
    seeds: provs,
    words: PGP_WORDS,
    run: (input) => {
      const message = readCleartext(input);
      if (message === undefined) return null;
      return {
        plain: base64(Buffer.from(message.plain, 'latin1')),
        signed: base64(message.signed),
        signature: base64(message.signature),
      };
    },
    question: (input) => ({ call: 'cleartext', args: [base64(input)] }),
    same: samePadding,
  },
  {
    name: 'armor',
    seeds: [
      encodeArmor('PGP MESSAGE', Uint8Array.of(1, 2, 3)),
      ...provs.slice(0, 4),
      Buffer.from(SIGNED.rings['armored'] ?? '', 'base64').subarray(0, 1_000),
    ],
    words: PGP_WORDS,
    run: (input) => {
      const block = decodeArmor(fromBytes(input));
      return block === undefined
        ? null
        : { type: base64(Buffer.from(block.type, 'latin1')), bytes: base64(block.bytes) };
    },
    question: (input) => ({ call: 'armor', args: [base64(input)] }),
    same: samePadding,
  },
  {
    name: 'keyring',
    seeds: rings.filter(({ length }) => length < 2_000),
    longest: 3_000,
    run: async (input) =>
      (await readKeyring(input)).map(({ key, identities, subkeys }) => ({
        fingerprint: key.fingerprint,
        names: [...identities.keys()].sort(),
        subkeys: subkeys.map((subkey) => subkey.key.fingerprint),
      })),
    // Helm does not read armored keyrings.
    question: (input) => ((input[0] ?? 0x80) < 0x80 ? undefined : { call: 'keyring', args: [base64(input)] }),
    // A key whose numbers are cut off is passed over like any other that is malformed; so is a subkey of an unknown kind,
    // with its signatures, which go-crypto takes for those of the name before it.
    same: (ours, helm) =>
      ('err' in helm && /^unexpected EOF$|user ID signature with wrong type$/.test(helm.err)) || noLooser(ours, helm),
  },
  {
    name: 'signature-packet',
    seeds: signatures,
    longest: 600,
    run: (input) => {
      const { version, type, created, lifetime } = readSignaturePacket(input);
      return { version, type, created, lifetime };
    },
    question: (input) => ({ call: 'signature-packet', args: [base64(input)] }),
    // The numbers at the end are for whoever checks the signature.
    same: (ours, helm) => ('err' in helm && helm.err === 'unexpected EOF') || noLooser(ours, helm),
  },
  {
    name: 'verify',
    seeds: provs,
    words: PGP_WORDS,
    longest: 2_000,
    run: async (input) => {
      const { fingerprint } = await verifyProvenance({ name: NAME, bytes: ARCHIVE }, input, MAIN, { now: NOW });
      const signed = readable(input);
      if (signed === undefined || !HONEST.has(base64(signed))) finding('a text passes that nobody has signed');
      return fingerprint.toLowerCase();
    },
    question: (input) => ({ call: 'verify', args: [NAME, ...[ARCHIVE, input, MAIN].map(base64)] }),
    same: noLooser,
  },
  {
    name: 'sums',
    seeds: ['name: web\n\n...\nfiles:\n  web-0.1.0.tgz: sha256:00\n', 'a\n...\nb\n...\nc', '\n...\nfiles: ~\n'],
    words: ['\n...\n', 'files:', '\n  a: b', 'images:', '~', '[]', '1', '"'],
    run: (input) => Object.fromEntries([...readSums(fromBytes(input))].sort()),
    question: (input) => ({ call: 'sums', args: [base64(input)] }),
    same: sameYamlWords,
  },
  {
    name: 'pem',
    seeds: ['-----BEGIN A-----\nAAAA\n-----END A-----\n', 'x\n-----BEGIN A-----\nB: c\n\nAA==\n-----END A-----'],
    words: PEM_WORDS,
    shape: PEM,
    run: (input) => {
      const block = decodePem(textOf(input));
      return block === undefined ? null : { type: base64(encodeBytes(block.type)), bytes: base64(block.bytes) };
    },
    question: (input) => ({ call: 'pem', args: [base64(input)] }),
  },
  {
    name: 'certificate',
    seeds: readCertificates(),
    longest: 2_000,
    run: (input) => {
      const { subject, subjectKeyId } = parseCertificate(input);
      return { subject: base64(subject), subjectKeyId: base64(subjectKeyId) };
    },
    question: (input) => ({ call: 'certificate', args: [base64(input)] }),
    same: sameWords,
  },
];

/** Those of the tests' own. */
function readCertificates(): Uint8Array[] {
  const text = readFileSync(new URL('../../testdata/fuzz/certificates.pem', import.meta.url), 'utf8');
  return text.split(/(?<=-----END CERTIFICATE-----\n)/).flatMap((part) => decodePem(part)?.bytes ?? []);
}

/** What Helm refuses is refused; some of what it takes is not (`verify.test.ts` has the list). */
function noLooser(ours: Answer, helm: Answer): boolean {
  return 'err' in ours || sameWords(ours, helm);
}

/** Go reads base64 by pieces and may miss padding in the middle, which is refused here. */
function samePadding(ours: Answer, helm: Answer): boolean {
  return ('err' in ours && ours.err.startsWith('illegal base64')) || sameAnswer(ours, helm);
}
