// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ROOT, readSourceFiles } from './source-files.ts';

/** What asks the machine for time or chance, or waits for it. `socket.setTimeout` is a setting of a socket. */
const DIRECT =
  /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|\bMath\.random\b|\bhrtime\b|timers\/promises'|(?<![.\w])set(?:Timeout|Interval)\b/;
/** A turn of the loop is no time. */
const A_TURN = /import \{ setImmediate(?: as \w+)? \} from 'node:timers\/promises'/;

/** Who may, and why. */
const MAY_ASK: Readonly<Record<string, string>> = {
  'src/time/system-clock.ts': 'it is the clock',
  'src/time/random.ts': 'it is the source',
  'src/proxy/io/timer-wheel.ts': 'one interval wakes all timers; what time it is then, it is told',
  'src/cli/terminal.ts': 'the process itself: its pause keeps it alive',
  'src/cli/main.ts': 'the process itself: it waits so long for the reader of its output',
  'src/cli/sink/outlet.ts': 'keeps the process alive until what waits is written',
  'src/cli/run/service-manager.ts': 'systemd compares it with the clock of the kernel',
  'src/demo/asked-trouble.ts': 'as above, over HTTP',
  'src/demo/echo-service.ts': 'a demo backend that takes as long as a request asks for',
};

/** The edges, which hand the machine's clock to all others. */
const EDGES = /^src\/(?:time|cli)\/|^src\/controller\/gateway-options\.ts$|^src\/proxy\/workers\/worker-thread\.ts$/;

/** Without comments: they may speak of it. */
const files = readSourceFiles()
  .filter(({ path }) => !path.endsWith('.test-support.ts'))
  .map(({ path }) => ({ path, text: codeOf(readFileSync(join(ROOT, path), 'utf8')) }));

describe('time and chance', () => {
  it('are asked for directly by a few files only, each with a reason', () => {
    const found = files.filter(({ text }) => DIRECT.test(text)).map(({ path }) => path);
    assert.deepEqual(found, Object.keys(MAY_ASK).sort());
  });

  it('are handed over at the edges', () => {
    const named = files.filter(({ text }) => /\bsystem(?:Clock|Random)\b/.test(text)).map(({ path }) => path);
    assert.deepEqual(
      named.filter(path => !EDGES.test(path)),
      [],
    );
  });

  it('are recognised in all their forms', () => {
    const asking = ['nowMs: Date.now,', 'new Date().toISOString()', 'setTimeout(run, 5)', 'map(Math.random)'];
    for (const text of asking) assert.match(codeOf(text), DIRECT);
    for (const text of ['socket.setTimeout(5)', 'new Date(ms)', '// Date.now', "a; // setTimeout('x')"]) {
      assert.doesNotMatch(codeOf(text), DIRECT);
    }
  });
});

function codeOf(text: string): string {
  return text
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/(^|\s)\/\/.*$/gm, '')
    .replace(A_TURN, '');
}
