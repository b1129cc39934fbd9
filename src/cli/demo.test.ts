// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { describe, it } from 'node:test';
import { callCommand } from './call-command.ts';
import { runDemo } from './demo.ts';
import { runProgram } from './program.ts';
import { recordingTerminal } from './recording-terminal.test-support.ts';
import type { Terminal } from './terminal.ts';

describe('daemun demo', () => {
  it('answers by its name at its port until a signal ends it', async () => {
    const recorded = recordingTerminal();
    const stop = Promise.withResolvers<string>();
    const started = Promise.withResolvers<string>();
    const terminal: Terminal = {
      ...recorded,
      out: text => started.resolve(text),
      stopSignal: () => stop.promise,
    };
    const ended = runDemo({ listen: '127.0.0.1:0', name: 'echo-7' }, terminal);
    const [, address = ''] = /answers at (\S+)/.exec(await started.promise) ?? [];
    const call = recordingTerminal();
    const args = ['--plaintext', address, 'api.Reverse/Reverse', '-d', '{"content":"reverse"}', '-v'];
    await callCommand(call).exitOverride().parseAsync(args, { from: 'user' });
    assert.match(call.stdout(), /hostname: echo-7/);
    assert.match(call.stdout(), /esrever/);
    stop.resolve('SIGTERM');
    assert.equal(await ended, 0);
  });

  it('lets calls end that are in progress when a signal comes, and asks clients to go elsewhere', async () => {
    const stop = Promise.withResolvers<string>();
    const started = Promise.withResolvers<string>();
    let pauses = 0;
    const terminal: Terminal = {
      ...recordingTerminal(),
      out: text => started.resolve(text),
      stopSignal: () => stop.promise,
      // The first one is over at once; calls have as long as they take.
      pause: () => (++pauses === 1 ? Promise.resolve() : new Promise(() => {})),
    };
    const ended = runDemo({ listen: '127.0.0.1:0', name: 'echo-7' }, terminal);
    const [, address = ''] = /answers at (\S+)/.exec(await started.promise) ?? [];
    const session = connect(`http://${address}`);
    const call = session.request({ ':method': 'POST', ':path': '/slow' });
    const answered = once(call, 'response');
    const toldToGo = once(session, 'goaway');
    call.write('begun');
    const [headers] = await answered;
    assert.equal(headers[':status'], 200);
    stop.resolve('SIGTERM');
    await toldToGo;
    call.end();
    call.resume();
    await once(call, 'close');
    assert.equal(call.rstCode, 0);
    assert.equal(await ended, 0);
  });

  it('refuses a place that it cannot listen at', async () => {
    const terminal = recordingTerminal();
    assert.equal(await runProgram(['demo', '--listen', 'everywhere'], terminal), 2);
    assert.match(terminal.stderr(), /--listen everywhere/);
    const elsewhere = recordingTerminal();
    assert.equal(await runProgram(['demo', '--listen', '192.0.2.1:80'], elsewhere), 3);
    assert.match(
      elsewhere.stderr(),
      /192\.0\.2\.1:80: the address does not belong to this machine\nChoose another one with --listen/,
    );
  });
});
