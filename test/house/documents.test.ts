// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { it } from 'node:test';
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
