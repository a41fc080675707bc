import { UsageError } from '../errors.ts';

/** A package of a suite's; null: the usual one of the architecture. */
export type DebianKernel = { kind: 'debian'; suite: string; package: string | null };

/** What one word for a kernel means, before anybody looks at files. */
export type KernelWord =
  | DebianKernel
  | { kind: 'debs'; files: string[] }
  | { kind: 'url'; url: string; sha256: string }
  /** A directory or a bare image: only the file system knows. */
  | { kind: 'path'; file: string };

/** What the word for kexec-tools means. */
type ToolsWord = { kind: 'debian'; suite: string } | { kind: 'path'; file: string };

/** The options of a command, as they were typed. */
export type CandidateWords = {
  kernel?: string | undefined;
  initrd?: string | undefined;
  kexecTools?: string | undefined;
  firstKernel?: string | undefined;
};

const kernelForms =
  'Write debian:SUITE, debian:SUITE/PACKAGE, FILE.deb[,FILE.deb…], a directory, an image with --initrd, or https://…#sha256=HEX.';
const toolsForms = 'Write debian:SUITE, FILE.deb, or the file of a kexec program.';

/** Understands `--kernel`. Throws UsageError with what to write instead. */
export function parseKernel(word: string, option = '--kernel'): KernelWord {
  const wrong = (message: string, hint = kernelForms) =>
    new UsageError(`${option} ${word}: ${message}`, { hint });
  if (word.trim() === '') throw wrong('this is empty');
  if (word.startsWith('debian:')) {
    const [suite = '', name, ...rest] = word.slice('debian:'.length).split('/');
    if (!isSuite(suite)) throw wrong('this is no name of a suite', suiteHint);
    if (name === undefined) return { kind: 'debian', suite, package: null };
    if (rest.length > 0 || !/^[a-z0-9][a-z0-9+.-]+$/.test(name))
      throw wrong(
        'this is no name of a package',
        'Write debian:SUITE/PACKAGE, such as debian:bookworm-backports/linux-image-cloud-arm64.',
      );
    return { kind: 'debian', suite, package: name };
  }
  if (word.includes('://')) return parseUrl(word, wrong);
  const files = word.split(',');
  if (!files.some(isDeb)) return { kind: 'path', file: word };
  if (files.includes('')) throw wrong('there is nothing between two commas');
  const odd = files.find((file) => !isDeb(file));
  if (odd !== undefined)
    throw wrong(
      `${odd} is no .deb`,
      'Commas separate the .deb files of one kernel, such as linux-binary-….deb,linux-modules-….deb.',
    );
  return { kind: 'debs', files };
}

/** Understands `--first-kernel`, which is a kernel of Debian's: a provider's own comes without its modules. */
export function parseFirstKernel(word: string): DebianKernel {
  const option = '--first-kernel';
  const parsed = parseKernel(word, option);
  if (parsed.kind === 'debian') return parsed;
  throw new UsageError(`${option} ${word}: only a kernel of Debian's can be the first`, {
    hint: 'Write debian:SUITE or debian:SUITE/PACKAGE, such as debian:bookworm.',
  });
}

/** Understands `--kexec-tools`. Throws UsageError with what to write instead. */
export function parseTools(word: string): ToolsWord {
  const wrong = (message: string, hint = toolsForms) =>
    new UsageError(`--kexec-tools ${word}: ${message}`, { hint });
  if (word.trim() === '') throw wrong('this is empty');
  if (word.includes('://')) throw wrong('this is not downloaded', toolsForms);
  if (!word.startsWith('debian:')) return { kind: 'path', file: word };
  const suite = word.slice('debian:'.length);
  if (suite.includes('/')) throw wrong('the package is kexec-tools, always', suiteHint);
  if (!isSuite(suite)) throw wrong('this is no name of a suite', suiteHint);
  return { kind: 'debian', suite };
}

const suiteHint = 'Write a suite of Debian, such as debian:bookworm-backports or debian:sid.';

function isSuite(text: string): boolean {
  return /^[a-z][a-z0-9-]*$/.test(text);
}

function isDeb(file: string): boolean {
  return file.endsWith('.deb');
}

function parseUrl(word: string, wrong: (message: string, hint?: string) => UsageError): KernelWord {
  if (!word.startsWith('https://') || !URL.canParse(word))
    throw wrong('only https is downloaded', kernelForms);
  const { hash } = new URL(word);
  const [url = ''] = word.split('#');
  const sha256 = /^#sha256=([0-9a-f]{64})$/i.exec(hash)?.[1]?.toLowerCase();
  if (sha256 !== undefined) return { kind: 'url', url, sha256 };
  throw wrong(
    hash === '' ? 'the checksum is missing' : 'this checksum is no SHA-256',
    'Write https://…#sha256=HEX with the 64 digits that sha256sum prints of the right file.',
  );
}
