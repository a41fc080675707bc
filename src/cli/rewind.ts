import { Command } from 'commander';
import { exitCodes, UsageError } from '../errors.ts';
import type { Rewound, StoppedMachine } from '../recording/rewind.ts';
import { rewind } from '../recording/rewind.ts';
import { printable, printableJson } from '../report/printable.ts';
import { standardOutput } from '../report/reporter.ts';
import { formatSeconds } from '../report/result-text.ts';
import { createStyle } from '../report/style.ts';
import { shellQuote } from '../text/shell.ts';
import { catchInterrupts } from './interrupt.ts';
import { qemuDirOption } from './options.ts';

type Options = { gdb?: boolean; at?: string; qemuDir?: string; json?: boolean };

const help = `
The directory is that of a case run with --record, or its "recorded" directory after
--record-on-failure. Replaying needs the QEMU and the images of the recording.

Examples:
  kexec-lab run kexec-to-distro --arch aarch64 --record
  kexec-lab rewind runs/latest/aarch64/kexec-to-distro
  kexec-lab rewind runs/latest/aarch64/kexec-to-distro --gdb --at kexec-bye

Exit codes:
  0  replayed byte for byte (with --gdb: stopped where asked)
  1  the replay differs
  2  no recording found, or nowhere to stop
  5  the QEMU or an image of the recording is missing`;

/** `kexec-lab rewind`: replays a recorded boot. */
export function rewindCommand(): Command {
  return new Command('rewind')
    .description('replay a recorded boot byte for byte, or stop in it for gdb')
    .argument('<directory>', 'directory of a recorded case')
    .option('--gdb', 'stop and wait for gdb')
    .option(
      '--at <text>',
      'stop after the line with this text, or at this signal (default: the last line)',
    )
    .addOption(qemuDirOption())
    .option('--json', 'print JSON, without the console')
    .addHelpText('after', help)
    .action(run);
}

async function run(directory: string, { gdb, at, qemuDir, json }: Options): Promise<void> {
  if (at !== undefined && !gdb) {
    throw new UsageError('--at needs --gdb', {
      hint: 'Add --gdb to stop there, or leave out --at to replay the whole boot.',
    });
  }
  const interrupt = catchInterrupts();
  const output = standardOutput();
  const { encode } = createStyle(output);
  try {
    const rewound = await rewind(directory, {
      qemuDir,
      signal: interrupt.signal,
      onLine: (text) => {
        if (!json) output.write(`${encode(printable(text, 1000))}\n`);
      },
      ...(gdb && { debug: { at, onStopped: tellStopped } }),
    });
    if (json) process.stdout.write(`${printableJson(rewound)}\n`);
    else process.stderr.write(`${describe(rewound)}\n`);
    if (!isSame(rewound)) process.exitCode = exitCodes.fail;
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    process.exitCode = exitCodes.interrupted;
  } finally {
    interrupt.release();
  }
}

/** Prints where the machine stopped and how to attach gdb. On standard error, since standard output is the console. */
function tellStopped({ arch, socket, point, exact }: StoppedMachine): void {
  const place = point.line === 0 ? 'power-on' : `line ${point.line}: ${point.text}`;
  const where = `${exact ? 'right' : 'some milliseconds'} after ${place}`;
  const attach = [`set architecture ${arch}`, `target remote ${socket}`];
  const command = attach.map((line) => `-ex ${shellQuote(line)}`).join(' ');
  process.stderr.write(
    [
      `stopped ${printable(where)}`,
      `  in another terminal: gdb-multiarch ${command}`,
      '  continue and stepi run forwards, reverse-continue and reverse-stepi backwards; kill or Ctrl-C ends the machine',
      '',
    ].join('\n'),
  );
}

function isSame({ ending, differsAt }: Rewound): boolean {
  return ending !== 'stalled' && differsAt === null;
}

function describe(rewound: Rewound): string {
  const { case: name, ending, bytes, recordedBytes, line, hostSeconds, words } = rewound;
  const style = createStyle(standardOutput(process.stderr));
  const of = `${bytes} of ${recordedBytes} bytes in ${formatSeconds(hostSeconds)}`;
  const told = `${printable(name)}: ${of}`;
  const failed = (how: string) => [
    ...style.wrap(style.red(`${style.mark('✗')} ${told}; ${how}`), 2),
    ...(words === '' ? [] : style.wrap(style.red(`  QEMU: ${printable(words, 1000)}`), 4)),
  ];
  const passed = `${style.mark('✓')} ${told}, byte for byte as recorded`;
  const rows =
    ending === 'stalled'
      ? failed('then the machine made no further progress')
      : line !== null
        ? failed(`line ${line} differs from the recording`)
        : style.wrap(style.green(passed), 2);
  return rows.join('\n');
}
