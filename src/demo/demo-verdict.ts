// SPDX-License-Identifier: Apache-2.0

/** What a demo pod says as an authorization server. */
export interface DemoVerdict {
  /** 200 or 401. */
  readonly status: number;
  readonly fields: Readonly<Record<string, string>>;
  readonly text: string;
}

const STRANGER: DemoVerdict = {
  status: 401,
  fields: { 'www-authenticate': 'Basic realm="demo"' },
  text: 'who are you? Any name and password will do\n',
};

/**
 * Judges a request below `/authorize/`, to try ExternalAuth filters with: any credentials of the Basic scheme (RFC 7617) pass, and
 * `x-user` of the answer says whose they are. Null for other paths, which are not a question.
 */
export function demoVerdict(path: string, authorization: string | undefined): DemoVerdict | null {
  if (!path.startsWith('/authorize/')) return null;
  const [, encoded = ''] = /^basic ([a-z\d+/]+=*)$/i.exec(authorization ?? '') ?? [];
  const [, user] = /^([\x21-\x39\x3b-\x7e]+):/.exec(Buffer.from(encoded, 'base64').toString('latin1')) ?? [];
  return user === undefined ? STRANGER : { status: 200, fields: { 'x-user': user }, text: '' };
}
