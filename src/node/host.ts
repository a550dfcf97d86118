import { closeSync, fstatSync, openSync, readlinkSync, readSync } from 'node:fs';
import type { Random, RenderHost } from '../host.ts';
import { webRandom } from '../host-web.ts';
import { bun } from './bun.ts';
import { nodeCrypto, sharedCrypto } from './crypto/crypto.ts';

/** {@link nodeHost} for a process that has other work on its thread: keys and hashes are made on others, or in turns. */
export function sharedHost(): RenderHost {
  return { ...nodeHost(), crypto: sharedCrypto, isShared: true };
}

/** Node's clock, random numbers and native key generation, for a process that does nothing but render. */
export function nodeHost(): RenderHost {
  return {
    clock: {
      now: () => {
        const milliseconds = Date.now();
        // Nanoseconds within the millisecond, so that two calls differ as they do in Go.
        return { milliseconds, nanoseconds: Number(process.hrtime.bigint() % 1_000_000n) };
      },
      get timeZone() {
        return process.env['TZ'] || linkedZone() || new Intl.DateTimeFormat().resolvedOptions().timeZone;
      },
    },
    random: bun() ? webRandom : nodeRandom,
    crypto: nodeCrypto,
    expectText,
    ...(bun() && { collect: () => bun()?.gc(true) }),
  };
}

/** From the system, which is at hand; Node's own crypto takes as long to load as a small chart to render. */
const nodeRandom: Random = {
  bytes: (count) =>
    systemRandom(count) ?? process.getBuiltinModule('node:crypto').randomFillSync(new Uint8Array(count)),
};

/** The system's random numbers; nothing where they are no file. */
function systemRandom(count: number): Uint8Array | undefined {
  try {
    const file = openSync('/dev/urandom', 'r');
    try {
      if (!fstatSync(file).isCharacterDevice()) return undefined;
      const bytes = new Uint8Array(count);
      for (let at = 0; at < count; ) at += readSync(file, bytes, at, count - at, null);
      return bytes;
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

/** From how many characters on it pays to compile to machine code whatever goes over them. */
const MUCH_TEXT = 200_000;

/** The executable compiles late (scripts/build-exe.ts), which so many characters would take long with. */
function expectText(characters: number): void {
  if (characters > MUCH_TEXT) bun()?.unsafe?.setJITPolicy?.(1);
}

/** What /etc/localtime is a link to, which is where Go and V8 look, too; V8 takes 10 ms and more to say so. */
function linkedZone(): string | undefined {
  try {
    return /\/zoneinfo\/(.+)$/.exec(readlinkSync('/etc/localtime'))?.[1];
  } catch {
    return undefined;
  }
}
