// SPDX-License-Identifier: Apache-2.0

/** One request as the reference reader sees it. */
export interface ReferenceRequest {
  readonly line: string;
  readonly body: string;
}

/**
 * A naive reader of HTTP/1.1 requests to compare with, by regular expressions over the whole text: the requests up to the first
 * that is not whole or not one, and whether it stopped at an error. It knows nothing of limits.
 */
export function referenceRead(input: string): { requests: ReferenceRequest[]; isWrong: boolean } {
  const requests: ReferenceRequest[] = [];
  let rest = input;
  for (;;) {
    rest = rest.replace(/^\r\n/, '');
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) return { requests, isWrong: false };
    const [line = '', ...fields] = rest.slice(0, end).split('\r\n');
    const framing = framingOf(line, fields);
    if (framing === null) return { requests, isWrong: true };
    const body = framing === 'chunked' ? chunkedBody(rest.slice(end + 4)) : lengthBody(rest.slice(end + 4), framing);
    if (body === 'wrong' || body === 'partial') return { requests, isWrong: body === 'wrong' };
    requests.push({ line, body: body.text });
    if (/ HTTP\/1\.0$/.test(line) || fields.some(field => /^connection:.*\bclose\b/i.test(field))) {
      return { requests, isWrong: false };
    }
    rest = rest.slice(end + 4 + body.taken);
  }
}

type Body = { readonly text: string; readonly taken: number } | 'partial' | 'wrong';

function framingOf(line: string, fields: readonly string[]): number | 'chunked' | null {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+ [!-"$-~]+ HTTP\/1\.[01]$/.test(line)) return null;
  if (!fields.every(field => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*$/.test(field))) return null;
  const codings = fields.filter(field => /^transfer-encoding:/i.test(field));
  const lengths = fields.filter(field => /^content-length:/i.test(field));
  if (codings.length + lengths.length > 1) return null;
  if (codings.length > 0) return /^[^:]+:[ \t]*chunked[ \t]*$/i.test(codings[0] ?? '') ? 'chunked' : null;
  if (lengths.length === 0) return 0;
  const length = /^[^:]+:[ \t]*(\d{1,15})[ \t]*$/.exec(lengths[0] ?? '');
  return length === null ? null : Number(length[1]);
}

function lengthBody(text: string, length: number): Body {
  return text.length < length ? 'partial' : { text: text.slice(0, length), taken: length };
}

function chunkedBody(text: string): Body {
  let body = '';
  let at = 0;
  for (;;) {
    const line = /^([0-9a-f]{1,12})(?:;[\t\x20-\x7e\x80-\xff]*)?\r\n/i.exec(text.slice(at));
    if (line === null) return text.indexOf('\r\n', at) < 0 ? 'partial' : 'wrong';
    const size = Number.parseInt(line[1] ?? '', 16);
    at += line[0].length;
    if (size === 0) break;
    if (text.length < at + size + 2) return 'partial';
    body += text.slice(at, at + size);
    if (text.slice(at + size, at + size + 2) !== '\r\n') return 'wrong';
    at += size + 2;
  }
  const end = text.indexOf('\r\n\r\n', at - 2);
  return end < 0 ? 'partial' : { text: body, taken: end + 4 };
}
