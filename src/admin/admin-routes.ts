// SPDX-License-Identifier: Apache-2.0

import { type AdminAnswer, json, problem, text } from './admin-answer.ts';
import type { AdminResource, AdminSource } from './admin-source.ts';
import { processMetrics } from './process-metrics.ts';
import { EXPOSITION_TYPE, formatMetrics } from './prometheus.ts';
import type { SharedAnswers } from './shared-answers.ts';

/** What requests are answered out of. */
export interface AdminPlace {
  readonly source: AdminSource;
  readonly shared: SharedAnswers;
}

type Handler = (source: AdminSource, url: URL, rest: readonly string[]) => AdminAnswer | Promise<AdminAnswer>;

interface Page {
  readonly about: string;
  readonly answer: Handler;
  /** It shows what is served, so that there is nothing to tell before that is known. Default false. */
  readonly needsLoad?: boolean;
  /** It may be long: who asks while one is made shares the next one. Its query says nothing. Default false. */
  readonly isShared?: boolean;
}

/** When to ask again for what is not there yet. */
const RETRY_AFTER_S = 1;

/** What each path answers, with the line that the index shows. */
const PAGES: Readonly<Record<string, Page>> = {
  live: { about: 'the process runs', answer: () => text(200, 'ok\n') },
  ready: { about: 'every wanted socket takes requests; else 503 and which do not (?output=json)', answer: ready },
  metrics: { about: 'Prometheus metrics', answer: metrics },
  status: {
    about: 'how the process is, what it serves, and what is broken, in short',
    answer: source => json(200, source.summary()),
  },
  resources: {
    about: 'objects with statuses: /resources/KIND/NAMESPACE/NAME',
    needsLoad: true,
    isShared: true,
    answer: resources,
  },
  findings: {
    about: 'everything there is to say about the resources',
    needsLoad: true,
    isShared: true,
    answer: source => json(200, source.findings()),
  },
  config: {
    about: 'what the data plane holds',
    needsLoad: true,
    isShared: true,
    answer: async source => json(200, await source.config()),
  },
  bundle: { about: 'files of a support bundle, without secrets', isShared: true, answer: bundle },
  explain: {
    about:
      'which rule takes a request: ?grpc=pkg.Service/Method&host=H&header=k:v; who gets what comes to a port: ?udp=PORT',
    needsLoad: true,
    answer: explain,
  },
  mesh: {
    about: 'connections to Services that an agent of a mesh takes, and those that fall through',
    needsLoad: true,
    answer: mesh,
  },
  'log-level': { about: 'the log level; PUT ?level=debug changes it', answer: source => level(source) },
};

/** Answers one request. Only PUT changes anything: no form of a web page can send it. */
export async function answerAdmin(place: AdminPlace, method: string, url: URL): Promise<AdminAnswer> {
  const { source, shared } = place;
  const [page = '', ...rest] = url.pathname
    .split('/')
    .slice(1)
    .map(decodeSegment)
    .filter(part => part !== '');
  if (page === 'log-level' && method === 'PUT') return setLevel(source, url);
  if (method !== 'GET' && method !== 'HEAD') {
    const allow = page === 'log-level' ? 'GET, HEAD, PUT' : 'GET, HEAD';
    return problem(405, `${method} is not allowed here`, { allow });
  }
  if (page === '') return index();
  const found = Object.hasOwn(PAGES, page) ? PAGES[page] : undefined;
  if (found === undefined) return problem(404, `there is no /${page}; see /`);
  if (found.needsLoad === true && !source.isLoaded()) return notYet(source);
  const answer = (): AdminAnswer | Promise<AdminAnswer> => found.answer(source, url, rest);
  return found.isShared === true ? shared.next(url.pathname, answer) : answer();
}

function notYet(source: AdminSource): AdminAnswer {
  const readiness = source.readiness();
  const why = readiness.ready ? 'the first reload has not ended' : readiness.reason;
  return problem(503, `nothing is served yet: ${why}`, { 'retry-after': String(RETRY_AFTER_S) });
}

function index(): AdminAnswer {
  const links = Object.entries(PAGES).map(([page, { about }]) => `<li><a href="/${page}">/${page}</a> ${about}</li>`);
  const body = `<!doctype html><title>daemun</title><h1>daemun</h1><ul>\n${links.join('\n')}\n</ul>\n`;
  return { status: 200, type: 'text/html; charset=utf-8', body, headers: {} };
}

function ready(source: AdminSource, url: URL): AdminAnswer {
  const readiness = source.readiness();
  const status = readiness.ready ? 200 : 503;
  if (url.searchParams.get('output') === 'json') return json(status, readiness);
  if (readiness.ready) {
    const { staleSince } = readiness;
    return text(status, staleSince === null ? 'ok\n' : `ok, with the cluster as it was at ${staleSince}\n`);
  }
  const lines = readiness.unbound.map(
    ({ address, port, listeners, problem }) => `${address} port ${port} (${listeners.join(', ')}): ${problem}`,
  );
  return text(status, `${[readiness.reason, ...lines].join('\n')}\n`);
}

function metrics(source: AdminSource): AdminAnswer {
  return { status: 200, type: EXPOSITION_TYPE, body: metricsText(source), headers: {} };
}

function metricsText(source: AdminSource): Iterable<string> {
  return formatMetrics([...source.metrics(), ...processMetrics()]);
}

async function bundle(source: AdminSource): Promise<AdminAnswer> {
  const [files, text] = [await source.bundle(), [...metricsText(source)].join('')];
  return json(200, [...files, { name: 'metrics.txt', text }]);
}

function resources(source: AdminSource, _url: URL, [kind, ...names]: readonly string[]): AdminAnswer {
  if (names.length > 2) return problem(404, 'use /resources/KIND/NAMESPACE/NAME');
  const found = source.resources(kind ?? null);
  if (found === null) return problem(404, `there is no kind ${kind}`);
  if (names.length === 0) return json(200, found);
  const [first = '', second] = names;
  if (second === undefined && found.every(object => object.metadata.namespace !== '')) {
    return json(
      200,
      found.filter(object => object.metadata.namespace === first),
    );
  }
  const object = found.find(one => isNamed(one, first, second));
  return object === undefined ? problem(404, `no ${kind} ${names.join('/')}`) : json(200, object);
}

function isNamed({ metadata }: AdminResource, first: string, second: string | undefined): boolean {
  if (second === undefined) return metadata.namespace === '' && metadata.name === first;
  return metadata.namespace === first && metadata.name === second;
}

function explain(source: AdminSource, url: URL): AdminAnswer {
  const answer = source.explain(url.searchParams);
  return 'fault' in answer ? problem(400, answer.fault) : json(200, answer.explanation);
}

/** 409: there is such a page, but the process is in no state that it could tell of. */
async function mesh(source: AdminSource): Promise<AdminAnswer> {
  const answer = await source.mesh();
  return 'fault' in answer ? problem(409, answer.fault) : json(200, answer.report);
}

function level(source: AdminSource): AdminAnswer {
  return json(200, { level: source.logLevel() });
}

function setLevel(source: AdminSource, url: URL): AdminAnswer {
  const wanted = url.searchParams.get('level') ?? '';
  if (source.setLogLevel(wanted)) return level(source);
  return problem(400, `"${wanted}" is no log level; use ?level=debug, info, warn, error or silent`);
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
