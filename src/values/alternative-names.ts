// SPDX-License-Identifier: Apache-2.0

/** One name that a certificate is for. */
export interface AlternativeName {
  /** As Node and OpenSSL call it: `DNS`, `URI`, `IP Address` … */
  readonly type: string;
  readonly name: string;
}

/** One entry: `DNS:a.org`. What has a comma or such in it is quoted as JSON. */
const ENTRY = /([^:,]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/gy;

/** The alternative names of a certificate as Node writes them (`DNS:a.org, URI:spiffe://a/b`), up to one that cannot be read. */
export function* alternativeNames(text: string | undefined): Generator<AlternativeName> {
  for (const [, type = '', value = ''] of (text ?? '').matchAll(ENTRY)) {
    const name = value.startsWith('"') ? unquote(value) : value;
    if (name === null) return;
    yield { type, name };
  }
}

function unquote(text: string): string | null {
  try {
    return String(JSON.parse(text));
  } catch {
    return null;
  }
}
