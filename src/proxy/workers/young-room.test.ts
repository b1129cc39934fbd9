// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';

const MODULE = new URL('./young-room.ts', import.meta.url).href;

/** The most room for young objects that a thread takes, in MiB, when many live for a while. */
const MOST = `() => {
  const kept = [];
  let most = 0;
  for (let times = 0; times < 300; times++) {
    kept.push(Array.from({ length: 2000 }, (_, at) => ({ at })));
    if (kept.length > 60) kept.shift();
    const young = require('node:v8').getHeapSpaceStatistics().find(space => space.space_name === 'new_space');
    most = Math.max(most, young.space_size);
  }
  return most / 1048576;
}`;
const PROGRAM = `
const { Worker } = require('node:worker_threads');
import('${MODULE}').then(({ restoreYoungRoom }) => {
  restoreYoungRoom();
  const main = (${MOST})();
  const worker = new Worker('require("node:worker_threads").parentPort.postMessage((' + ${JSON.stringify(MOST)} + ')())', { eval: true });
  worker.on('message', most => console.log(JSON.stringify([main, most])));
});`;

function roomsWith(flags: readonly string[], nodeOptions = ''): readonly number[] {
  const env = { ...process.env, NODE_OPTIONS: nodeOptions };
  return JSON.parse(execFileSync(process.execPath, [...flags, '-e', PROGRAM], { encoding: 'utf8', env })) as number[];
}

/** In MiB, both halves: 8 where each has 4, 16 where each has 8, 32 where V8 is told nothing; and a page or two that come and go. */
const isOf4 = (room: number): boolean => room <= 12;
const isOf8 = (room: number): boolean => room > 12 && room <= 20;
const isUsual = (room: number): boolean => room > 20;

describe('the room for young objects', () => {
  it('is small in the main thread alone where the process began with a small one', () => {
    const [main = 0, worker = 0] = roomsWith(['--max-semi-space-size=4']);
    assert.ok(isOf4(main) && isUsual(worker), `${main} and ${worker} MiB`);
  });

  it('is as an operator says', () => {
    const [main = 0, worker = 0] = roomsWith(['--max-semi-space-size=4', '--max-semi-space-size=8']);
    assert.ok(isOf8(main) && isOf8(worker), `${main} and ${worker} MiB`);
    const [ofMain = 0, ofWorker = 0] = roomsWith(['--max-semi-space-size=4'], '--max-semi-space-size=8');
    assert.ok(isOf4(ofMain) && isOf8(ofWorker), `${ofMain} and ${ofWorker} MiB`);
  });
});
