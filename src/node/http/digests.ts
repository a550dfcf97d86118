import type { Digests } from '../../host.ts';

/** Hashes by OpenSSL. */
export const nodeDigests: Digests = {
  sha256() {
    const hash = process.getBuiltinModule('node:crypto').createHash('sha256');
    return {
      update: (bytes) => {
        hash.update(bytes);
      },
      hex: () => hash.digest('hex'),
    };
  },
};
