// SPDX-License-Identifier: Apache-2.0
import { FirstSignal } from '../first-signal.ts';
import type { Terminal } from '../terminal.ts';

/** What the signals of a running gateway do. */
export interface RunSignals {
  /** SIGHUP: open log files again and read the manifests again. */
  onReload(): void;
  /** SIGUSR1: open log files again. */
  onReopen(): void;
  /** SIGUSR2 means nothing; without a listener it would end the process. */
  onUnknown(signal: string): void;
  /** A further signal to stop, while stopping. */
  onSecond(): void;
}

/**
 * Resolves with the first signal to stop: SIGTERM, SIGINT, SIGQUIT, or SIGHUP because the terminal that `run` was started
 * in is gone. Any other SIGHUP reloads.
 */
export function watchSignals(
  terminal: Pick<Terminal, 'onSignal' | 'hasLostTerminal'>,
  signals: RunSignals,
): Promise<string> {
  const stop = new FirstSignal(() => signals.onSecond());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGQUIT'] as const) terminal.onSignal(signal, () => stop.take(signal));
  terminal.onSignal('SIGHUP', () => {
    if (terminal.hasLostTerminal()) stop.take('SIGHUP');
    else signals.onReload();
  });
  terminal.onSignal('SIGUSR1', () => signals.onReopen());
  terminal.onSignal('SIGUSR2', () => signals.onUnknown('SIGUSR2'));
  return stop.first;
}
