// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { ROOT } from './source-files.ts';

const LINK = /\]\((?!https?:|mailto:)([^)#\s]*)(#[^)\s]*)?\)/g;

it('keeps every relative link of every Markdown page alive', () => {
  const pages = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], { cwd: ROOT, encoding: 'utf8' });
  const broken = pages
    .split('\n')
    .filter(page => page !== '' && existsSync(join(ROOT, page)))
    .flatMap(brokenLinks);
  assert.deepEqual(broken, []);
});

it('lists every decision, in order', () => {
  const folder = join(ROOT, 'docs/decisions');
  const records = readdirSync(folder).filter(name => /^\d{4}-/.test(name));
  const list = readFileSync(join(folder, 'README.md'), 'utf8');
  const listed = [...list.matchAll(/^\| \[\d{4}\]\(([^)]*)\)/gm)].map(([, name]) => name);
  assert.deepEqual(listed, records.sort());
});

it('has ten properties in SECURITY.md, each with a test that holds it', () => {
  const [, text = ''] = readFileSync(join(ROOT, 'SECURITY.md'), 'utf8').split('## Ten properties');
  const properties = text.split(/^\d+\. /m).slice(1);
  assert.equal(properties.length, 10);
  for (const property of properties) assert.match(property, /^\*\*[^*]+\*\*\s+\[.*\]\([\w/.-]+\.test\.ts\)/);
});

it('calls in the README of an example the ports of its listeners, as they are bound', () => {
  const folder = join(ROOT, 'examples');
  const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('/README.md'));
  let called = 0;
  for (const page of pages) {
    const ports = listenerPorts(join(folder, dirname(page)));
    for (const [, port] of readFileSync(join(folder, page), 'utf8').matchAll(CALLED)) {
      called += 1;
      assert.ok(ports.has(Number(port)) || port === ADMIN_PORT, `${page} calls port ${port}`);
    }
  }
  assert.ok(called > 0);
});

const ADMIN_PORT = '9900';
/** Where a backend is started is called by nobody. */
const CALLED = /(?<!--listen )\b127\.0\.0\.\d+:(\d+)/g;

/** Ports of the listeners in the manifests below `folder`; those that need privileges are moved by 8000. */
function listenerPorts(folder: string): Set<number> {
  const manifests = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.yaml'));
  const objects = manifests
    .flatMap(name => parseAllDocuments(readFileSync(join(folder, name), 'utf8')))
    .map((document): { kind?: string; spec?: { listeners?: { port: number }[] } } | null => document.toJS());
  const gateways = objects.filter(object => object?.kind === 'Gateway');
  return new Set(
    gateways.flatMap(gateway => gateway?.spec?.listeners ?? []).map(({ port }) => (port < 1024 ? port + 8_000 : port)),
  );
}

function brokenLinks(page: string): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8').replaceAll(/```[\s\S]*?```/g, '');
  return [...text.matchAll(LINK)].flatMap(([, path = '', anchor = '']) => {
    const target = path === '' ? page : normalize(join(dirname(page), path));
    if (!existsSync(join(ROOT, target))) return [`${page}: ${path}`];
    if (anchor === '' || !target.endsWith('.md')) return [];
    return anchorsOf(readFileSync(join(ROOT, target), 'utf8')).has(anchor) ? [] : [`${page}: ${path}${anchor}`];
  });
}

/** Anchors as code hosts make them from headings. */
function anchorsOf(text: string): Set<string> {
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => title);
  return new Set(
    headings.map(
      title =>
        `#${title
          .toLowerCase()
          .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
          .replaceAll(' ', '-')}`,
    ),
  );
}
