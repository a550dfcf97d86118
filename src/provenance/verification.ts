/** What a checked signature says. Go: helm pkg/provenance/sign.go Verification, pkg/action/verify.go */

/** An archive by the name that its provenance file knows it under: the last part of its path. */
export interface SignedArchive {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A signature that holds. */
export interface Verification {
  /** The identities of the key that signed. */
  readonly signedBy: readonly string[];
  /** Of the primary key, in upper-case hex. */
  readonly fingerprint: string;
  /** `sha256:` and lower-case hex. */
  readonly fileHash: string;
  readonly fileName: string;
}

/**
 * What Helm prints of a signature that holds.
 *
 * @param what was checked: `Chart` or `Plugin`
 */
export function verificationLines(verification: Verification, what = 'Chart'): string[] {
  const { signedBy, fingerprint, fileHash } = verification;
  return [
    ...signedBy.map((name) => `Signed by: ${name}`),
    `Using Key With Fingerprint: ${fingerprint}`,
    `${what} Hash Verified: ${fileHash}`,
  ];
}
