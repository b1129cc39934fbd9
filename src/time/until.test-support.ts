// SPDX-License-Identifier: Apache-2.0

/** What a test waits for is there long before that, on the slowest machine; a test that fails says so while others still run. */
const PATIENCE_MS = 60_000;
/** So many turns of the event loop at once, then with a pause: who waits for another process should leave it the processor. */
const EAGER_TURNS = 200;

/**
 * Waits, a turn of the event loop at a time, until it is so: for what no event tells of. `meanwhile` is done before each turn: it moves a virtual
 * clock, say. Fails after a minute, with the condition's text.
 */
export async function until(isSo: () => boolean | Promise<boolean>, meanwhile: () => void = () => {}): Promise<void> {
  // Now: later nothing knows who waits.
  const failure = new Error(`not so after ${PATIENCE_MS / 1_000} s: ${isSo}`);
  const startedMs = performance.now();
  for (let turn = 0; !(await isSo()); turn++) {
    if (performance.now() - startedMs > PATIENCE_MS) throw failure;
    meanwhile();
    await new Promise<void>(resolve => {
      if (turn < EAGER_TURNS) setImmediate(resolve);
      else setTimeout(resolve, 1);
    });
  }
}
