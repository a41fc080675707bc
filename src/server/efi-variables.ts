/** UEFI's variables of the boot order as text: their device paths may have serial numbers and addresses. */

/** The bytes of attributes in front of a variable's content in efivarfs. */
const attributeBytes = 4;
/** The end of a device path, and the node with the path of a file (UEFI 2.10, 10.3). */
const endOfPath = 0x7f;
const media = { type: 4, filePath: 4 };
/** A network's nodes: MAC, IPv4, IPv6 and URI. */
const messaging = { type: 3, network: [11, 12, 13, 24] };

/** Stands for the file of a boot option that leads to the network. */
export const fromNetwork = 'from the network';

/**
 * A variable as a text with a name such as `efi Boot0001`. A boot option becomes its description and the path of its file;
 * the order, a list of numbers.
 * @param name as efivarfs has it: `Boot0001-8be4df61-…`
 */
export function efiText(name: string, variable: Buffer): { name: string; text: string } {
  const [short = name] = name.split('-');
  const data = variable.subarray(attributeBytes);
  const named = (text: string) => ({ name: `efi ${short}`, text });
  if (short === 'BootOrder' || short === 'BootCurrent') return named(numbers(data));
  if (/^Boot[0-9A-F]{4}$/.test(short)) return named(bootOption(data));
  return named(String(data[0] ?? ''));
}

function numbers(data: Buffer): string {
  const found = [];
  for (let at = 0; at + 2 <= data.length; at += 2)
    found.push(data.readUInt16LE(at).toString(16).toUpperCase().padStart(4, '0'));
  return found.join(' ');
}

/** A load option: attributes, the length of its device paths, a description in UTF-16, device paths (UEFI 2.10, 3.1.3). */
function bootOption(data: Buffer): string {
  if (data.length < 6) return '';
  const isActive = (data.readUInt32LE(0) & 1) === 1;
  let at = 6;
  let description = '';
  for (; at + 2 <= data.length; at += 2) {
    const code = data.readUInt16LE(at);
    if (code === 0) break;
    description += String.fromCharCode(code);
  }
  at += 2;
  let file = '';
  while (at + 4 <= data.length) {
    const [type, kind, length] = [data[at], data[at + 1], data.readUInt16LE(at + 2)];
    if (type === endOfPath || length < 4) break;
    if (type === media.type && kind === media.filePath)
      file += data.toString('utf16le', at + 4, at + length).replace(/\0/g, '');
    if (type === messaging.type && messaging.network.includes(kind ?? 0)) file = fromNetwork;
    at += length;
  }
  return `${isActive ? '*' : '-'} ${description}\n${file}`;
}
