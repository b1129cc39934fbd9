// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resultOf, summarize } from './results.ts';

test('a result is read from the line that tells it', () => {
  assert.deepEqual(resultOf('    --- PASS: TestConformance/HTTPRouteWeight (1.45s)'), {
    name: 'HTTPRouteWeight',
    passed: true,
    seconds: 1.45,
  });
  assert.equal(resultOf('    --- FAIL: TestConformance/UDPRoute (30.00s)')?.passed, false);
});

test('lines of parts of a test, of skipped ones and of anything else tell none', () => {
  for (const line of [
    '        --- PASS: TestConformance/HTTPRouteWeight/part_one (0.10s)',
    '    --- SKIP: TestConformance/MeshBasic (0.00s)',
    '--- PASS: TestConformance (700.00s)',
    'ok',
  ])
    assert.equal(resultOf(line), null, line);
});

test('a test that passes only the second time is named, and all is well', () => {
  const summary = summarize([pass('A'), fail('B')], [pass('B')]);
  assert.equal(summary.isGood, true);
  assert.match(summary.text, /2 tests: 1 passed at once\npassed only when run once more: B/);
});

test('a test that fails twice fails the run, and so does a run without tests', () => {
  assert.deepEqual(summarize([fail('B')], [fail('B')]), {
    isGood: false,
    text: '1 tests: 0 passed at once\nFAILED twice: B',
  });
  assert.equal(summarize([], []).isGood, false);
});

function pass(name: string) {
  return { name, passed: true, seconds: 1 };
}

function fail(name: string) {
  return { name, passed: false, seconds: 1 };
}
