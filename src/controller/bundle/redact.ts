// SPDX-License-Identifier: Apache-2.0

/**
 * Takes out of plain data and of texts what may be a secret, by where it stands, by its name and by its looks. What is public stays:
 * certificates, names of Secrets, header names. Too much is taken rather than too little: nobody can take back what was sent.
 */
import { LAST_APPLIED, REDACTED } from '../../resources/index.ts';

/** Words in the names of headers, parameters, annotations and variables that carry credentials. */
const SECRET_WORDS =
  'auth|cookie|token|secret|passw|pwd|credential|session|signature|jwt|bearer|api-?key|private|license|otp|pin';
const SECRET_NAME = new RegExp(`${SECRET_WORDS}|(?:^|[-_.])(?:key|sig|pass)$`, 'i');
/** Names of fields whose texts are secret wherever they stand; not those that name a Secret. */
const SECRET_FIELD =
  /^(?:key|tls\.key|token|stringData|authorization|cookie|set-cookie|passw\w*|private-?key|client-?secret|api-?key)$/i;

/** A copy of plain data without what may be secret. */
export function redact(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value);
  if (Array.isArray(value)) return value.map(redact);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Map) return redact([...value]);
  const entries = Object.entries(value).filter(([key]) => key !== LAST_APPLIED);
  const isPair = hasSecretPair(value);
  return Object.fromEntries(entries.map(([key, field]) => [key, redactField(key, field, isPair)]));
}

function redactField(key: string, field: unknown, isPair: boolean): unknown {
  if (typeof field === 'string') {
    return SECRET_FIELD.test(key) || (isPair && VALUE_FIELDS.includes(key)) ? REDACTED : redactText(field);
  }
  if (key === 'annotations' && isMapping(field)) return redactAnnotations(field);
  if (key === 'env' && Array.isArray(field)) return field.map(redactVariable);
  if (SECRET_FIELD.test(key) && isMapping(field)) return REDACTED;
  return redact(field);
}

/** Fields in which pairs with a name have what the name stands for. */
const VALUE_FIELDS = ['value', 'literalValue', 'defaultValue'];

/** `{name, value}`, as headers and parameters stand: the name says that the value is secret, or the value looks it. */
function hasSecretPair(value: object): boolean {
  const fields: Readonly<Record<string, unknown>> = { ...value };
  const name = fields['name'] ?? fields['key'];
  if (typeof name !== 'string') return false;
  return VALUE_FIELDS.some(field => {
    const text = fields[field];
    return typeof text === 'string' && (SECRET_NAME.test(name) || looksRandom(text));
  });
}

function redactAnnotations(annotations: Readonly<Record<string, unknown>>): unknown {
  const entries = Object.entries(annotations).filter(([key]) => key !== LAST_APPLIED);
  return Object.fromEntries(
    entries.map(([key, text]) => [
      key,
      SECRET_NAME.test(key) || (typeof text === 'string' && looksRandom(text)) ? REDACTED : redact(text),
    ]),
  );
}

function redactVariable(variable: unknown): unknown {
  return isMapping(variable) && 'value' in variable ? { ...variable, value: REDACTED } : redact(variable);
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One word of letters and digits, as tokens are and words are not. */
function looksRandom(text: string): boolean {
  return /^[\w+/=.~-]{16,}$/.test(text) && /\d/.test(text) && /[A-Za-z]/.test(text);
}

/** By what they look like, in whatever text they stand. */
const LOOKS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g, REDACTED],
  // The same in base64, and what else is PEM in base64: certificates stand elsewhere as they are.
  [/LS0tLS1CRUdJTi[\w+/=]*/g, REDACTED],
  [/\b(bearer|basic|digest|negotiate|token)(\s+|%20)(?=\S*[\d=.])[\w+/.~=-]{6,}/gi, `$1 ${REDACTED}`],
  [/\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?/g, REDACTED],
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi, `$1${REDACTED}@`],
  [new RegExp(`([?&;][^=&\\s"]*(?:${SECRET_WORDS}|key|sig|code)[^=&\\s"]*=)[^&\\s"#]+`, 'gi'), `$1${REDACTED}`],
  [
    /(?<![a-z])((?:passw\w*|pwd|secret|token|api-?key|authorization|cookie)["']?\s*[:=]\s*["']?)[^\s"',;]{4,}/gi,
    `$1${REDACTED}`,
  ],
];

/** A text without what looks like a secret. */
export function redactText(text: string): string {
  return LOOKS.reduce((kept, [look, instead]) => kept.replace(look, instead), text);
}

/** A line of a log: of paths that clients sent, queries go as a whole. */
export function redactLogLine(line: string): string {
  try {
    const fields: unknown = JSON.parse(line);
    if (!isMapping(fields)) return redactText(line);
    const { path } = fields;
    const shown = typeof path === 'string' ? { ...fields, path: path.replace(/\?.*$/s, `?${REDACTED}`) } : fields;
    return JSON.stringify(redact(shown));
  } catch {
    return redactText(line);
  }
}
