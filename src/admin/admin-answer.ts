// SPDX-License-Identifier: Apache-2.0

/** What is said to one request. */
export interface AdminAnswer {
  readonly status: number;
  readonly type: string;
  /** Several parts are made and sent one after the other, at the pace of the reader. */
  readonly body: string | Buffer | Iterable<string>;
  readonly headers: Readonly<Record<string, string>>;
}

export function text(status: number, body: string): AdminAnswer {
  return { status, type: 'text/plain; charset=utf-8', body, headers: {} };
}

export function json(status: number, value: unknown): AdminAnswer {
  return { status, type: 'application/json', body: `${JSON.stringify(value, null, 2)}\n`, headers: {} };
}

export function problem(status: number, error: string, headers: Readonly<Record<string, string>> = {}): AdminAnswer {
  return { ...json(status, { error }), headers };
}
