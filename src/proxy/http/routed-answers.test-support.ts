// SPDX-License-Identifier: Apache-2.0

/** Endpoints that say what they were asked, and clients that take down all they were answered: two gateways that are told the same answer the same. */
import { randomBytes } from 'node:crypto';
import { systemClock } from '../../time/index.ts';
import { macKey, RuleSession, type SessionKey } from '../filters/index.ts';
import { ringKey } from '../key-ring.ts';
import { hashText } from '../upstream/index.ts';
import type { Handler, HttpClient, Outcome, Version } from './http-peers.test-support.ts';
import { type RoutedRequest, SAID, SESSIONS } from './random-routing.test-support.ts';

/** Of a connection or of a moment. */
const OWN_FIELDS = ['date', 'connection', 'keep-alive', 'transfer-encoding', 'content-length'];
/** A token of a session, as it is written. */
const TOKEN = /[\w-]{64,}/g;
/** In its place in a request: `CLUSTER@RULE`. */
const WANTED_TOKEN = /^(s=)?(\w+)@(\w+)$/;

const STARTED_MS = systemClock.wallMs();
/** What sessions are signed with in all gateways of a test. */
export const SESSION_KEY: SessionKey = ringKey(randomBytes(32), STARTED_MS);

/** Lets most pass, with what it was asked. */
export const judgement: Handler = ({ url, headers }, response) => {
  response.statusCode = headers['authorization'] === 'https' ? 403 : 200;
  response.setHeader('x-group', JSON.stringify([url, headers['x-tenant'] ?? null, headers.cookie ?? null]));
  response.setHeader('x-tenant', 'judged');
  response.end();
};

/** Answers with what it was asked, which it also takes down. */
export function echo(name: string, taken: string[] = []): Handler {
  return (request, response) => {
    const { method, url, headers } = request;
    const said = JSON.stringify([name, method, url, lastingFields(headers).sort()]);
    taken.push(said);
    response.setHeader(SAID, headers['x-say'] ?? 'nothing');
    response.end(said);
  };
}

/** The token of a client that was sent to a port by a rule. */
function tokenOf(
  cluster: string,
  port: number,
  { kind, owner }: { readonly kind: string; readonly owner: string },
): string {
  const policy = SESSIONS.find(session => session.kind === kind);
  if (policy === undefined) throw new Error(`no sessions of kind ${kind}`);
  const to = { backend: hashText(cluster), endpoint: `127.0.0.1:${port}`, isSecure: false };
  const context = { keys: [macKey(SESSION_KEY)], nowMs: STARTED_MS };
  const [, text] = new RuleSession(owner, policy).write(null, to, context) ?? [];
  return text?.match(TOKEN)?.[0] ?? '';
}

/** With tokens in the places of what stands for them. `ports`: where each cluster is. `suffix`: of the ids of rules. */
export function withTokens(
  requests: readonly RoutedRequest[],
  ports: Readonly<Record<string, number>>,
  suffix = '',
): readonly RoutedRequest[] {
  return requests.map(request => {
    const headers = Object.entries(request.headers).map(([name, value]) => {
      const [, cookie, cluster, owner] = WANTED_TOKEN.exec(value) ?? [];
      const port = ports[cluster ?? ''];
      if (cluster === undefined || owner === undefined || port === undefined) return [name, value];
      const kind = cookie === undefined ? 'header' : 'cookie';
      return [name, `${cookie ?? ''}${tokenOf(cluster, port, { kind, owner: `${owner}${suffix}` })}`];
    });
    return { ...request, headers: Object.fromEntries(headers) };
  });
}

/** Asks all at once, on one connection. */
export function askAll(client: HttpClient, version: Version, requests: readonly RoutedRequest[]): Promise<unknown[]> {
  const host = version === 'HTTP/2' ? ':authority' : 'host';
  return Promise.all(
    requests.map(async request => {
      const { method, path, headers } = request;
      const outcome = await client.ask({ method, path, headers: { ...headers, [host]: request.host } });
      return { request, ...answerIn(outcome) };
    }),
  );
}

function answerIn({ status, headers, body }: Outcome): object {
  const lasting = lastingFields(headers).map(([name, value]) => [name, masked(value)]);
  return { status, headers: Object.fromEntries(lasting), body };
}

function lastingFields(headers: object): [string, unknown][] {
  return Object.entries(headers).filter(([name]) => !OWN_FIELDS.includes(name));
}

/** Each token is another one. */
function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  return typeof value === 'string' ? value.replaceAll(TOKEN, 'token') : value;
}
