import { existsSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UnavailableError } from '../errors.ts';
import { hostFileError } from '../file-error.ts';
import type { DiskFormat } from '../formats/disk.ts';
import { qcow2Size } from '../formats/disk.ts';
import { makePrivateDirectory } from '../host/directories.ts';
import { processState } from '../host/processes.ts';
import type { Network } from '../qemu/machine-spec.ts';
import type { MetadataServer } from './metadata.ts';
import { serveMetadata, metadataAddress, nbdAddress, serverMetadata } from './metadata.ts';
import type { NbdServer } from './nbd-server.ts';
import { serveNbd } from './nbd-server.ts';

export type ProviderOptions = {
  /** Server tags, handed out in order. */
  tags: Record<string, string>;
  /** The account's public keys in OpenSSH's format, for the ssh server of an initramfs. */
  sshKeys?: readonly string[];
  userData?: Record<string, string>;
  /** An image to serve over NBD as the server's volume; it is never written. Null: the server has none. */
  disk?: string | null;
  /** Default: raw. */
  diskFormat?: DiskFormat;
  /** Whether the server may not write to it. */
  readOnly?: boolean;
  /** The server type: an initramfs configures the serial line of a `C1` differently. */
  commercialType: string;
  faults?: ProviderFaults;
};

/** Faults that the provider simulates. */
type ProviderFaults = {
  /** The metadata API accepts no connections. */
  down?: boolean;
  /** How many reported states are refused with 429 before one is accepted. */
  busy?: number;
};

/** A state that the guest reported, with the time in milliseconds since the start of the provider. */
export type ReportedState = { state: string; atMs: number };

/** The provider's servers for one machine: metadata, and the volume if there is one. */
export type Provider = {
  forwards: Network['forwards'];
  /** The states the guest has reported so far, in order, without refused reports. */
  reported: readonly ReportedState[];
  setTags(tags: Record<string, string>): void;
  /** Kills the server of the volume, with all its connections. Does nothing if there is none. */
  killDisk(): Promise<void>;
  /** Rejects with an UnavailableError when a server ends unexpectedly. */
  trouble: Promise<never>;
  /**
   * Checks that all servers of the machine still run. If not, the result of the boot says nothing about the machine.
   * @throws UnavailableError if something is missing
   */
  mustBeWhole(): Promise<void>;
  /** Ends the servers and removes their sockets. May be called repeatedly. */
  stop(): Promise<void>;
};

/**
 * Starts the provider's servers for a machine. They listen on Unix sockets in a private directory; the guest reaches them
 * through the machine's `forwards`.
 * @throws UnavailableError if the volume cannot be served.
 */
export async function startProvider(options: ProviderOptions): Promise<Provider> {
  const { sshKeys = [], userData = {}, disk = null, readOnly = false, commercialType } = options;
  const { faults = {}, diskFormat = 'raw' } = options;
  const started = performance.now();
  const directory = await makePrivateDirectory();
  const sockets = { metadata: join(directory, 'metadata'), nbd: join(directory, 'nbd') };
  const reported: ReportedState[] = [];
  let { tags } = options;
  let busy = faults.busy ?? 0;
  let api: MetadataServer | null = null;
  let volume: NbdServer | null = null;

  const stop = async (): Promise<void> => {
    await Promise.all([api?.close(), volume?.kill()]);
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const volumeBytes = disk === null ? null : await sizeOf(disk, diskFormat);
    if (disk !== null)
      volume = await serveNbd(disk, sockets.nbd, directory, { readOnly, format: diskFormat });
    if (faults.down !== true) {
      api = await serveMetadata(sockets.metadata, {
        metadata: () => serverMetadata({ commercialType, tags, sshKeys, volumeBytes }),
        userData: () => userData,
        report: (state) => {
          if (busy-- > 0) return false;
          reported.push({ state, atMs: performance.now() - started });
          return true;
        },
      });
    }
  } catch (error) {
    await stop();
    throw error;
  }
  let diskIsThere = volume !== null;
  const server = volume;
  const trouble = died(server);
  trouble.catch(() => undefined);
  return {
    forwards: [
      { ...metadataAddress, socket: sockets.metadata },
      ...(disk === null ? [] : [{ ...nbdAddress, socket: sockets.nbd }]),
    ],
    reported,
    setTags: (changed) => {
      tags = changed;
    },
    killDisk: async () => {
      diskIsThere = false;
      await volume?.kill();
    },
    trouble,
    mustBeWhole: async () => {
      const state = server === null ? null : await processState(server.pid);
      if (diskIsThere && (state === null || 'TtZX'.includes(state)))
        throw gone('has ended or is stopped');
      const expected = [api && sockets.metadata, diskIsThere && sockets.nbd];
      const missing = expected.find((socket) => socket && !existsSync(socket));
      if (missing)
        throw new UnavailableError("a socket of the provider's servers was removed", {
          place: missing,
          hint: 'Something removes files from the directory for temporary files. Choose another directory with TMPDIR.',
        });
    },
    stop,
  };
}

async function died(server: NbdServer | null): Promise<never> {
  if (server === null) return new Promise<never>(() => {});
  throw gone(`has ended (${await server.died})`);
}

function gone(what: string): UnavailableError {
  return new UnavailableError(`qemu-nbd, which serves the machine's disk, ${what}`, {
    hint: 'Something killed it, or the host ran out of memory (see dmesg). Run the case again.',
  });
}

async function sizeOf(disk: string, format: DiskFormat): Promise<number> {
  try {
    return format === 'qcow2' ? qcow2Size(disk) : (await stat(disk)).size;
  } catch (cause) {
    throw hostFileError(cause, { place: disk, doing: "read the server's disk" });
  }
}
