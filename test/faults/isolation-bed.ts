// SPDX-License-Identifier: Apache-2.0

/** Two Gateways, one of which serves a good and a faulty host: each with a route, a Service and a certificate of its own. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { type RunningGateway, startStandalone } from '../../src/controller/index.ts';
import { type CertificatePair, parseCertificateHost, selfSignedCertificate } from '../../src/demo/index.ts';
import { HoldingBackend } from './holding-backend.ts';

/** What of the faulty host may be wrong. */
export interface FaultyParts {
  /** Of its route. Default: `RULE`. */
  readonly rules?: string;
  /** Of the Gateway that serves it, one line. Default: none. */
  readonly annotations?: string;
  /** Of its Service, one line. Beside where its backend is. */
  readonly service?: string;
  /** One more document of the file. Default: none. */
  readonly document?: string;
  /** What its Secret holds instead of a certificate. Default: one. */
  readonly certificate?: string;
}

/** Sends everything to the faulty host's backend. */
export const RULE = '  - backendRefs: [{ name: faulty, port: 80 }]\n';

/** A way to a backend: a listener, `gateway/name`, and the host that is asked there. */
interface Way {
  readonly listener: string;
  readonly host: string;
}

/** Those who must not notice: the same listener, another listener of its port, another Gateway. */
const NEIGHBOURS: readonly Way[] = [
  { listener: 'edge/http', host: 'good' },
  { listener: 'edge/good', host: 'good' },
  { listener: 'other/http', host: 'good' },
];

interface Certificates {
  readonly good: CertificatePair;
  readonly faulty: CertificatePair;
}

export class IsolationBed {
  readonly backend: HoldingBackend;
  readonly gateway: RunningGateway;
  readonly #folder: string;
  readonly #certificates: Certificates;

  private constructor(backend: HoldingBackend, gateway: RunningGateway, folder: string, certificates: Certificates) {
    this.backend = backend;
    this.gateway = gateway;
    this.#folder = folder;
    this.#certificates = certificates;
  }

  static async start(parts: FaultyParts = {}): Promise<IsolationBed> {
    const certificates = { good: await certificateOf('good'), faulty: await certificateOf('faulty') };
    const backend = await HoldingBackend.start();
    const folder = mkdtempSync(join(tmpdir(), 'daemun-isolation-'));
    writeFileSync(join(folder, 'all.yaml'), manifests(parts, backend.port, certificates));
    const gateway = await startStandalone({ paths: [folder], ports: 'ephemeral', drainTimeoutMs: 0 });
    return new IsolationBed(backend, gateway, folder, certificates);
  }

  /** Resolves when the findings have codes that `isTaken` takes: a file that looks half-written is read again a little later. */
  async reload(parts: FaultyParts, isTaken: (codes: readonly string[]) => boolean): Promise<void> {
    const file = join(this.#folder, 'all.yaml');
    writeFileSync(`${file}.new`, manifests(parts, this.backend.port, this.#certificates));
    renameSync(`${file}.new`, file);
    await this.gateway.reload();
    while (!isTaken(this.codes())) await turn();
    await this.gateway.settled();
  }

  /** The statuses with which all neighbours are answered. */
  askNeighbours(path: string): Promise<(number | undefined)[]> {
    return Promise.all(NEIGHBOURS.map(way => this.ask(way, path)));
  }

  /** Undefined: nothing listens there, or the handshake fails. */
  async ask(way: Way, path = '/'): Promise<number | undefined> {
    const bound = this.boundAt(way.listener);
    if (bound === undefined) return undefined;
    const host = `${way.host}.example.com`;
    const options = { host: bound.address, port: bound.port, path, headers: { host }, agent: false };
    if (way.listener.endsWith('/http')) return statusOf(http.get(options));
    const sent = https.get({ ...options, servername: host, rejectUnauthorized: false });
    return statusOf(sent).catch((error: Error) => {
      assert.match(error.message, /alert/);
      return undefined;
    });
  }

  /** Undefined: the listener is not bound. */
  boundAt(listener: string): { readonly address: string; readonly port: number } | undefined {
    const [gateway, name] = listener.split('/');
    const summary = this.gateway.gateways().find(one => one.name === gateway) ?? assert.fail(`no Gateway ${gateway}`);
    return summary.listeners.find(one => one.name === name)?.bound ?? undefined;
  }

  /** Codes of all findings. */
  codes(): string[] {
    return this.gateway.findings.map(({ code }) => code);
  }

  async close(): Promise<void> {
    this.backend.release();
    await this.gateway.stop();
    this.backend.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function statusOf(sent: ClientRequest): Promise<number | undefined> {
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

function certificateOf(name: string): Promise<CertificatePair> {
  const host = parseCertificateHost(`${name}.example.com`) ?? assert.fail('no hostname');
  return selfSignedCertificate([host], { nowMs: Date.now(), days: 60 });
}

function manifests(parts: FaultyParts, port: number, own: Certificates): string {
  const { rules = RULE, annotations, service, document, certificate } = parts;
  const endpoints = `daemun.dev/endpoints: "127.0.0.1:${port}"`;
  const named = ['good', 'faulty'];
  const https = named.map(
    name =>
      `  - { name: ${name}, protocol: HTTPS, port: 8443, hostname: ${name}.example.com, tls: { certificateRefs: [{ name: ${name} }] } }\n`,
  );
  return [
    gatewayOf('edge', https.join(''), annotations),
    gatewayOf('other', '', undefined),
    route('good', '  - backendRefs: [{ name: good, port: 80 }]\n'),
    route('faulty', rules),
    secret('good', own.good.chain, own.good.key),
    secret('faulty', certificate ?? own.faulty.chain, own.faulty.key),
    ...(document === undefined ? [] : [document]),
    serviceOf('good', endpoints),
    serviceOf('faulty', service === undefined ? endpoints : `${endpoints}, ${service}`),
  ].join('---\n');
}

function gatewayOf(name: string, listeners: string, annotations: string | undefined): string {
  return `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata:
  name: ${name}
  annotations: { ${annotations ?? ''} }
spec:
  gatewayClassName: daemun
  listeners:
  - { name: http, protocol: HTTP, port: 8080 }
${listeners}`;
}

function route(name: string, rules: string): string {
  return `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: ${name} }
spec:
  parentRefs: [{ name: edge }, { name: other }]
  hostnames: [${name}.example.com]
  rules:
${rules}`;
}

function secret(name: string, chain: string, key: string): string {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return `apiVersion: v1
kind: Secret
metadata: { name: ${name} }
type: kubernetes.io/tls
data: { tls.crt: ${base64(chain)}, tls.key: ${base64(key)} }
`;
}

function serviceOf(name: string, annotations: string): string {
  return `apiVersion: v1
kind: Service
metadata: { name: ${name}, annotations: { ${annotations} } }
spec: { ports: [{ port: 80 }] }
`;
}
