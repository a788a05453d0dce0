import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk that can be filled to its last byte. */
export type SmallDisk = { readonly folder: string; readonly fill: () => void; readonly free: () => void } & Disposable;

const DISK_MIB = 16;
const CHUNK = Buffer.alloc(64 * 1024, 1);

/** Whether this process may mount file systems: root with its full rights may, root in most containers may not. */
export function mayMount(): boolean {
  try {
    smallDisk()[Symbol.dispose]();
    return true;
  } catch {
    return false;
  }
}

/** A file system of its own, in memory. */
export function smallDisk(): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'showcaller-disk-'));
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'showcaller', folder]);
  if (status !== 0) {
    rmSync(folder, { recursive: true });
    throw new Error(`mount: ${String(stderr)}`);
  }
  const filler = join(folder, 'filler');
  return {
    folder,
    fill() {
      const file = openSync(filler, 'w');
      // The last pages go byte by byte, so that nothing whatever fits.
      for (const piece of [CHUNK, CHUNK.subarray(0, 512), CHUNK.subarray(0, 1)]) fillWith(file, piece);
      closeSync(file);
    },
    free: () => rmSync(filler),
    [Symbol.dispose]() {
      spawnSync('umount', ['-l', folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function fillWith(file: number, piece: Buffer): void {
  try {
    for (;;) writeSync(file, piece);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== 'ENOSPC') throw fault;
  }
}

/** Lets a running process write no byte of a file past `bytes`, as a quota does; `unlimited` gives it back. */
export function limitFileSize(pid: number, bytes: number | 'unlimited'): void {
  const { status, stderr } = spawnSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`]);
  if (status !== 0) throw new Error(`prlimit: ${stderr.toString()}`);
}
