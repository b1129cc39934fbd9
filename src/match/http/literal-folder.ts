// SPDX-License-Identifier: Apache-2.0

/** Stand for themselves in a pattern. */
const LITERAL = /^[A-Za-z0-9/_~!@%&=:;,'"<>`#-]$/;
const QUANTIFIER = /^[*+?{]$/;
const PUNCTUATION = /^[^A-Za-z0-9]$/;
/** They stand for nothing: a quantifier behind them is for the character before them. */
const FLAGS = /^\(\?[A-Za-z-]*\)/;

/**
 * The folder that every path lies in which an RE2 pattern takes, as far as its beginning tells: `/a/b` for `/a/b/c[0-9]+`, `/`
 * where nothing is certain.
 */
export function literalFolder(pattern: string): string {
  const literal = hasAlternatives(pattern) ? '' : literalStart(pattern);
  return literal.slice(0, Math.max(0, literal.lastIndexOf('/'))) || '/';
}

function literalStart(pattern: string): string {
  let literal = '';
  for (let at = pattern.startsWith('^') ? 1 : 0; at < pattern.length; ) {
    const isEscaped = pattern[at] === '\\';
    const character = pattern[isEscaped ? at + 1 : at] ?? '';
    if (!(isEscaped ? PUNCTUATION : LITERAL).test(character)) {
      if (FLAGS.test(pattern.slice(at))) return literal.slice(0, -1);
      break;
    }
    at += isEscaped ? 2 : 1;
    // It may be left out, or come again.
    if (QUANTIFIER.test(pattern[at] ?? '')) break;
    literal += character;
  }
  return literal;
}

/** True when a `|` may stand outside of all groups. Of what it does not understand it says so too. */
function hasAlternatives(pattern: string): boolean {
  let depth = 0;
  for (let at = 0; at < pattern.length; at++) {
    switch (pattern[at]) {
      case '\\':
        // \Q…\E quotes what follows, groups too.
        if (pattern[at + 1] === 'Q') return true;
        at++;
        break;
      case '[':
        // Brackets may hold anything: what follows is not looked at.
        return pattern.includes('|');
      case '(':
        depth++;
        break;
      case ')':
        depth--;
        break;
      case '|':
        if (depth <= 0) return true;
        break;
    }
  }
  return false;
}
