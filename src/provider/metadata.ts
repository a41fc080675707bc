import { providerNetwork } from '../qemu/arguments.ts';
import { shellQuote } from '../shell.ts';

/** Where the guest finds the provider's servers. */
export const metadataAddress = { address: '169.254.42.42', port: 80 } as const;
export const nbdAddress = { address: '169.254.42.66', port: 4448 } as const;

/** What the provider knows about a server. */
export type ServerFacts = {
  commercialType: string;
  /** Server tags, in order. */
  tags: Record<string, string>;
  /** Public keys in OpenSSH's format, one line each. */
  sshKeys: readonly string[];
  /** Size of the volume served over NBD in bytes; null if there is none. */
  volumeBytes: number | null;
};

/** Nested values, as Scaleway's metadata API answers them to `?format=json`. */
export type Metadata = { [key: string]: string | readonly (string | Metadata)[] | Metadata };

/** Everything the metadata API tells a server about itself. */
export function serverMetadata(facts: ServerFacts): Metadata {
  const { commercialType, tags, sshKeys, volumeBytes } = facts;
  const { address, port } = nbdAddress;
  return {
    id: '6b657865-632d-4c61-8000-000000000001',
    name: 'kexec-lab',
    hostname: 'kexec-lab',
    organization: '6b657865-632d-4c61-8000-000000000002',
    commercial_type: commercialType,
    tags: Object.entries(tags).map(([key, value]) => `${key}=${value}`),
    private_ip: providerNetwork.guest,
    public_ip: { address: '127.0.0.1' },
    location: { platform_id: 'qemu' },
    timezone: 'UTC',
    ssh_public_keys: sshKeys.map((key) => ({ key })),
    volumes:
      volumeBytes === null
        ? {}
        : {
            '0': {
              name: 'root',
              volume_type: 'l_ssd',
              size: String(volumeBytes),
              export_uri: `nbd://${address}:${port}`,
            },
          },
  };
}

/**
 * The same in the format of `GET /conf`, which a shell can source. A list is represented by its length, an object by its
 * keys, and each member below that: `TAGS=1`, `TAGS_0=KEXEC_KERNEL=/vmlinuz`, `VOLUMES=0`, `VOLUMES_0_SIZE=…`.
 */
export function shellMetadata(metadata: Metadata): string {
  return `${shellLines(metadata, '').join('\n')}\n`;
}

function shellLines(metadata: Metadata, prefix: string): string[] {
  return Object.entries(metadata).flatMap(([name, value]) => {
    const key = `${prefix}${name.toUpperCase()}`;
    if (typeof value === 'string') return [`${key}=${shellValue(value)}`];
    const members = Array.isArray(value)
      ? Object.fromEntries(value.map((member, index) => [index, member as string | Metadata]))
      : (value as Metadata);
    const told = Array.isArray(value) ? String(value.length) : Object.keys(members).join(' ');
    return [`${key}=${shellValue(told)}`, ...shellLines(members, `${key}_`)];
  });
}

function shellValue(value: string): string {
  return value === '' ? '' : shellQuote(value);
}
