import t from 'tap';
import { readDeviceTree } from '../../src/autopsy/device-tree.ts';

/** A flattened tree of nodes with properties, as dtc lays it out. */
function treeOf(nodes: Record<string, Record<string, Buffer>>): Buffer {
  const strings: Buffer[] = [];
  const word = (value: number) => Buffer.from([value >>> 24, value >>> 16, value >>> 8, value]);
  const padded = (bytes: Buffer) =>
    Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
  const property = ([name, value]: [string, Buffer]) => {
    const at = strings.reduce((sum, { length }) => sum + length, 0);
    strings.push(Buffer.from(`${name}\0`));
    return Buffer.concat([word(3), word(value.length), word(at), padded(value)]);
  };
  const node = ([name, properties]: [string, Record<string, Buffer>]) =>
    Buffer.concat([
      word(1),
      padded(Buffer.from(`${name}\0`)),
      ...Object.entries(properties).map(property),
      word(2),
    ]);
  const { '': root = {}, ...others } = nodes;
  const structure = Buffer.concat([
    word(1),
    padded(Buffer.from('\0')),
    ...Object.entries(root).map(property),
    ...Object.entries(others).map(node),
    ...[word(2), word(9)],
  ]);
  const names = Buffer.concat(strings);
  const size = 40 + structure.length + names.length;
  const header = [
    0xd00dfeed,
    size,
    40,
    40 + structure.length,
    40,
    17,
    16,
    0,
    names.length,
    structure.length,
  ];
  return Buffer.concat([...header.map(word), structure, names]);
}

const cells = (...values: number[]) => {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => bytes.writeUInt32BE(value, 4 * index));
  return bytes;
};

const wide = { '#address-cells': cells(2), '#size-cells': cells(2) };
const chosen = { bootargs: Buffer.from('root=/dev/vda is_in_kexec=yes\0') };

void t.test('the command line and the memory', (t) => {
  const memory = {
    device_type: Buffer.from('memory\0'),
    reg: cells(0, 0x4000_0000, 0, 0x2000_0000),
  };
  t.strictSame(readDeviceTree(treeOf({ '': wide, 'memory@40000000': memory, chosen })), {
    bootargs: 'root=/dev/vda is_in_kexec=yes',
    memory: 0x2000_0000,
  });
  t.strictSame(readDeviceTree(treeOf({ '': wide, chosen })), {
    bootargs: 'root=/dev/vda is_in_kexec=yes',
    memory: 0,
  });
  t.strictSame(readDeviceTree(treeOf({ '': {} })), { bootargs: null, memory: 0 });
  t.end();
});

void t.test('a tree that is not whole is none, wherever it was cut or overwritten', (t) => {
  const whole = treeOf({ '': wide, 'memory@0': { reg: cells(0, 0, 0, 9) }, chosen });
  for (let length = 0; length < whole.length; length += 1) {
    t.equal(readDeviceTree(whole.subarray(0, length)), null, `${length} bytes`);
  }
  for (let at = 0; at < whole.length; at += 1) {
    const damaged = Buffer.from(whole);
    damaged.fill(0xff, at, Math.min(at + 16, damaged.length));
    t.doesNotThrow(() => readDeviceTree(damaged), `damaged at ${at}`);
  }
  t.end();
});
