// SPDX-License-Identifier: Apache-2.0

/** What a run of the suite said of its tests. */
export interface TestResult {
  readonly name: string;
  readonly passed: boolean;
  readonly seconds: number;
}

/** A line such as `--- PASS: TestConformance/HTTPRouteWeight (1.45s)`; skipped tests print another word. */
const RESULT = /^\s*--- (PASS|FAIL): TestConformance\/([^/ ]+) \((\d+(?:\.\d+)?)s\)/;

/** The result that a line of output tells; null when it tells none. */
export function resultOf(line: string): TestResult | null {
  const [, verdict, name = '', seconds] = RESULT.exec(line) ?? [];
  return verdict === undefined ? null : { name, passed: verdict === 'PASS', seconds: Number(seconds) };
}

/** What is said at the end, and whether all is well: each test passed, if need be the second time. */
export interface Summary {
  readonly isGood: boolean;
  readonly text: string;
}

/** `again`: results of tests that had failed, run once more. */
export function summarize(first: readonly TestResult[], again: readonly TestResult[]): Summary {
  const failed = first.filter(({ passed }) => !passed);
  const recovered = failed.filter(({ name }) => again.some(result => result.name === name && result.passed));
  const lost = failed.filter(test => !recovered.includes(test));
  const lines = [`${first.length} tests: ${first.length - failed.length} passed at once`];
  for (const { name } of recovered) lines.push(`passed only when run once more: ${name}`);
  for (const { name } of lost) lines.push(`FAILED twice: ${name}`);
  return { isGood: lost.length === 0 && first.length > 0, text: lines.join('\n') };
}
