import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { withFileLock } from './file-lock.ts';

const script = `
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { withFileLock } from ${JSON.stringify(new URL(`./file-lock${import.meta.url.slice(-3)}`, import.meta.url).href)};
const [, , lock, counter] = process.argv;
for (let i = 0; i < 20; i++) {
  await withFileLock(lock, async () => {
    const n = Number(readFileSync(counter, 'utf8'));
    await sleep(1);
    writeFileSync(counter, String(n + 1));
  });
}
`;

test('one process at a time, and a dead one blocks nobody', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pintle-lock-'));
  try {
    const [lock, counter, program] = ['lock', 'counter', 'program.mjs'].map((n) => join(folder, n)) as [
      string,
      string,
      string,
    ];
    writeFileSync(counter, '0');
    writeFileSync(program, script);
    // No process has this number; the first of the four has to break the lock.
    writeFileSync(lock, `99999999 ${hostname()} x\n`);
    const ended = [1, 2, 3, 4].map(
      () =>
        new Promise((resolve) => fork(program, [lock, counter], { execPath: process.execPath }).on('exit', resolve)),
    );
    assert.deepEqual(await Promise.all(ended), [0, 0, 0, 0]);
    assert.equal(readFileSync(counter, 'utf8'), '80');
    assert.equal(existsSync(lock), false);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('waits no longer than it is told to', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pintle-lock-'));
  const lock = join(folder, 'lock');
  try {
    await withFileLock(lock, async () => {
      await assert.rejects(
        withFileLock(lock, () => 1, { timeout: 50 }),
        { code: 'FILE_IO', message: `cannot get the lock ${lock}: process ${process.pid} holds it` },
      );
    });
    assert.equal(await withFileLock(lock, () => 2), 2);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
