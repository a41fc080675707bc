import type { ImageProgress } from '../model/run.ts';
import { describeProgress } from '../report/result-text.ts';

type Shown = {
  show: (progress: ImageProgress) => void;
  /** Prints a line that stays. */
  finish: (line: string) => void;
  end: () => void;
};

/** Shows on standard error how images are built: one line per step; on a terminal, one line that is rewritten. */
export function showImageProgress(): Shown {
  const rewrite = process.stderr.isTTY ? '\r\x1b[K' : null;
  let shown = '';
  return {
    show(progress) {
      const { image, step, share } = describeProgress(progress);
      const line = `${image}: ${step}`;
      if (rewrite !== null) process.stderr.write(`${rewrite}${line} ${share}`);
      else if (line !== shown) process.stderr.write(`${line}\n`);
      shown = line;
    },
    finish(line) {
      process.stderr.write(`${rewrite ?? ''}${line}\n`);
    },
    end() {
      if (rewrite !== null) process.stderr.write(rewrite);
    },
  };
}
