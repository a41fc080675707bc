import { UsageError } from '../errors.ts';

/** A kernel package of a suite; null for the architecture's default package. */
export type DebianKernel = { kind: 'debian'; suite: string; package: string | null };

/** What the value of `--kernel` means, before any file is read. */
export type KernelWord =
  | DebianKernel
  | { kind: 'debs'; files: string[] }
  | { kind: 'url'; url: string; sha256: string }
  /** A directory or a kernel image; only the file system can tell. */
  | { kind: 'path'; file: string };

/** What the value of `--kexec-tools` means. */
type ToolsWord = { kind: 'debian'; suite: string } | { kind: 'path'; file: string };

/** The options of a command, as typed. */
export type CandidateWords = {
  kernel?: string | undefined;
  initrd?: string | undefined;
  kexecTools?: string | undefined;
  firstKernel?: string | undefined;
};

const kernelForms =
  'Use debian:SUITE, debian:SUITE/PACKAGE, FILE.deb[,FILE.deb…], a directory, an image with --initrd, or https://…#sha256=HEX.';
const toolsForms = 'Use debian:SUITE, FILE.deb, or the file of a kexec program.';

/** Parses `--kernel`. Throws UsageError with a hint on the syntax. */
export function parseKernel(word: string, option = '--kernel'): KernelWord {
  const wrong = (message: string, hint = kernelForms) =>
    new UsageError(`${option} ${word}: ${message}`, { hint });
  if (word.trim() === '') throw wrong('the value is empty');
  if (word.startsWith('debian:')) {
    const [suite = '', name, ...rest] = word.slice('debian:'.length).split('/');
    if (!isSuite(suite)) throw wrong('this is not a valid suite name', suiteHint);
    if (name === undefined) return { kind: 'debian', suite, package: null };
    if (rest.length > 0 || !/^[a-z0-9][a-z0-9+.-]+$/.test(name))
      throw wrong(
        'this is not a valid package name',
        'Use debian:SUITE/PACKAGE, for example debian:bookworm-backports/linux-image-cloud-arm64.',
      );
    return { kind: 'debian', suite, package: name };
  }
  if (word.includes('://')) return parseUrl(word, wrong);
  const files = word.split(',');
  if (!files.some(isDeb)) return { kind: 'path', file: word };
  if (files.includes('')) throw wrong('a file name is missing next to a comma');
  const odd = files.find((file) => !isDeb(file));
  if (odd !== undefined)
    throw wrong(
      `${odd} is not a .deb`,
      'Commas separate the .deb files of one kernel, for example linux-binary-….deb,linux-modules-….deb.',
    );
  return { kind: 'debs', files };
}

/** Parses `--first-kernel`. It must be a Debian kernel, because a provider's own kernel comes without its modules. */
export function parseFirstKernel(word: string, option = '--first-kernel'): DebianKernel {
  const parsed = parseKernel(word, option);
  if (parsed.kind === 'debian') return parsed;
  throw new UsageError(`${option} ${word}: the first kernel must be a Debian kernel`, {
    hint: 'Use debian:SUITE or debian:SUITE/PACKAGE, for example debian:bookworm.',
  });
}

/** Parses `--kexec-tools`. Throws UsageError with a hint on the syntax. */
export function parseTools(word: string): ToolsWord {
  const wrong = (message: string, hint = toolsForms) =>
    new UsageError(`--kexec-tools ${word}: ${message}`, { hint });
  if (word.trim() === '') throw wrong('the value is empty');
  if (word.includes('://')) throw wrong('URLs are not supported here', toolsForms);
  if (!word.startsWith('debian:')) return { kind: 'path', file: word };
  const suite = word.slice('debian:'.length);
  if (suite.includes('/'))
    throw wrong('the package is always kexec-tools; name only the suite', suiteHint);
  if (!isSuite(suite)) throw wrong('this is not a valid suite name', suiteHint);
  return { kind: 'debian', suite };
}

const suiteHint = 'Use a Debian suite, for example debian:bookworm-backports or debian:sid.';

function isSuite(text: string): boolean {
  return /^[a-z][a-z0-9-]*$/.test(text);
}

function isDeb(file: string): boolean {
  return file.endsWith('.deb');
}

function parseUrl(word: string, wrong: (message: string, hint?: string) => UsageError): KernelWord {
  if (!word.startsWith('https://') || !URL.canParse(word))
    throw wrong('only https:// URLs are supported', kernelForms);
  const { hash } = new URL(word);
  const [url = ''] = word.split('#');
  const sha256 = /^#sha256=([0-9a-f]{64})$/i.exec(hash)?.[1]?.toLowerCase();
  if (sha256 !== undefined) return { kind: 'url', url, sha256 };
  throw wrong(
    hash === '' ? 'the checksum is missing' : 'the checksum is not a SHA-256',
    'Use https://…#sha256=HEX with the 64 hex digits that sha256sum prints for the file.',
  );
}
