/** Tar archives with anything in them. */

type Member = { name: string; content?: string | Buffer; type?: string; target?: string };

export const header = {
  /** Corrects the checksum of a header. */
  sum(block: Buffer): void {
    block.fill(' ', 148, 156);
    const sum = block.reduce((total, byte) => total + byte, 0);
    block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  },
};

function member({ name, content = '', type = '0', target = '' }: Member): Buffer[] {
  const bytes = Buffer.from(content as string);
  const block = Buffer.alloc(512);
  block.write(name, 0, 100);
  block.write('0000644\0', 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  block.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write(type, 156);
  block.write(target, 157, 100);
  block.write('ustar\x0000', 257);
  header.sum(block);
  return [block, bytes, Buffer.alloc(-bytes.length & 511)];
}

export function tar(members: readonly Member[]): Buffer {
  return Buffer.concat([...members.flatMap(member), Buffer.alloc(1024)]);
}

export function manifestOf(entries: readonly object[]): string {
  return JSON.stringify({
    schema: 'kexec-lab/server@1',
    capturedBy: 'kexec-lab 0.2.0',
    capturedOn: '2026-11-28',
    asRoot: true,
    entries,
  });
}

export function serverTar(entries: readonly object[], blobs: readonly Member[]): Buffer {
  return tar([{ name: 'server.json', content: manifestOf(entries) }, ...blobs]);
}
