import { firmwareScreen } from '../boot/decide/evidence.ts';
import type { Place } from '../boot/observer.ts';
import type { Screen } from '../console/screen.ts';
import { createScreen } from '../console/screen.ts';
import type { Signal } from '../model/boot.ts';
import type { StepResult } from '../model/result.ts';
import type { Provider } from '../provider/provider.ts';
import type { Machine } from '../qemu/machine.ts';
import type { Step } from '../scenario/step.ts';
import { describeStep } from '../scenario/step.ts';
import type { Stage } from './perform.ts';
import { perform, StepFailure } from './perform.ts';
import { readiness, SignalLog } from './signal-log.ts';

type Props = Pick<Stage, 'keyFile' | 'onOutput'> & { provider: Provider | null };

/** Performs the steps of a case one after the other, while its boot is watched. */
export class Conductor {
  readonly results: StepResult[];
  readonly #steps: readonly Step[];
  readonly #props: Props;
  readonly #signals = new SignalLog();
  readonly #screen: Screen = createScreen(firmwareScreen);
  readonly #over = new AbortController();
  #current: Step | undefined;

  constructor(steps: readonly Step[], props: Props) {
    this.#steps = steps;
    this.#props = props;
    this.results = steps.map((step) => {
      const { place = null } = step;
      return { step: describeStep(step), place, status: 'pending', at: null, detail: '' };
    });
  }

  /** Whether a step is still to be performed. */
  get pending(): boolean {
    return !this.failed && this.results.some(({ status }) => status === 'pending');
  }

  get failed(): boolean {
    return this.results.some(({ status }) => status === 'failed');
  }

  /** Whether a step is at work that may leave the console silent. */
  get busy(): boolean {
    const step = this.#current;
    // Until the system can run the command of a proof, its silence is the boot's own.
    if (step?.do === 'prove') return this.#signals.hasSeen(readiness[step.by], step.generation);
    return step?.do === 'ssh' || step?.do === 'run';
  }

  onSignal(signal: Signal, { generation }: Pick<Place, 'generation'>): void {
    this.#signals.add(signal, generation);
  }

  onBytes(chunk: Uint8Array): void {
    this.#screen.feed(chunk);
  }

  /** Stops the step that is under way; it stays `pending`. */
  onEnd(): void {
    this.#over.abort();
  }

  /** The current rows of the guest's screen. */
  screen(): Promise<string[]> {
    return this.#screen.text();
  }

  /**
   * Performs the steps until one fails.
   * @throws UnavailableError when the lab failed to perform a step, which stays `pending`
   */
  async run(machine: Machine): Promise<void> {
    const { signal } = this.#over;
    const started = performance.now();
    const stage = { ...this.#props, machine, signals: this.#signals, screen: this.#screen };
    for (const [index, step] of this.#steps.entries()) {
      const result = this.results[index] as StepResult;
      this.#current = step;
      try {
        result.detail = await perform(step, index + 1, stage, signal);
        result.status = 'done';
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof StepFailure)) throw error;
        Object.assign(result, { status: 'failed', detail: error.message });
        return;
      } finally {
        this.#current = undefined;
        if (result.status !== 'pending') {
          result.at = Math.round(performance.now() - started) / 1000;
        }
      }
    }
  }
}
