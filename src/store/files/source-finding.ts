// SPDX-License-Identifier: Apache-2.0

import {
  CATALOGUE,
  type Finding,
  type FindingCode,
  moreFindings,
  type ResourceRef,
  type SourcePlace,
} from '../../errors/index.ts';
import type { ObjectIssue } from '../admit.ts';
import type { WrittenObject } from './document.ts';
import type { FileDocument, FileVersion } from './file-version.ts';
import { countServed, type ServedObject } from './in-use.ts';
import { isCut } from './kept-issues.ts';
import type { WatchedFile } from './watched-file.ts';

/** Everything there is to say about one file, duplicates apart. */
export function findingsOf(file: WatchedFile): Finding[] {
  const findings: Finding[] = [];
  if (file.problem !== undefined) {
    const { code, message } = file.problem;
    const said = countServed(file.inUse) === 0 ? message : `${message}; ${lastGoodState(file)}`;
    findings.push(finding(code, said, { file: file.path, line: 1, column: 1 }));
  }
  if (file.version === undefined) return findings;
  const { version, inUse } = file;
  const noted = inUse.noted.flatMap(document => findingsOfDocument(file, version, document));
  return [...findings, ...noted, ...leftOutFindings(version), ...inUse.kept.map(keptFinding)];
}

/** Says that there is more to say than is kept, at the first document of which something is left out. */
function leftOutFindings(version: FileVersion): Finding[] {
  const { errors, others } = version.leftOut;
  const first = version.documents.find(isCut);
  if (first === undefined) return [];
  const place = { file: version.path, ...version.placeInFile(first, { line: 1, column: 1 }) };
  return [{ ...moreFindings(errors + others, errors, ' about objects of this file'), place }];
}

/** A finding of a code of the catalogue, with the catalogue's help. */
export function finding(code: FindingCode, message: string, place: SourcePlace, resource?: ResourceRef): Finding {
  const { severity, help } = CATALOGUE[code];
  return { code, severity, ...(resource === undefined ? {} : { resource }), path: [], message, help, place };
}

function findingsOfDocument(file: WatchedFile, version: FileVersion, document: FileDocument): Finding[] {
  const { failure, objects } = document.content;
  if (failure !== undefined) {
    const place = { file: version.path, ...version.placeInFile(document, failure) };
    return [finding(failure.code ?? 'store/syntax', `${failure.message}; ${consequence(file)}`, place)];
  }
  return objects.flatMap(object => object.issues.map(issue => issueFinding(issue, { version, document, object })));
}

function consequence(file: WatchedFile): string {
  if (file.inUse.isStale) return lastGoodState(file);
  return countServed(file.inUse) === 0
    ? 'nothing of the file is in use'
    : `the rest of the file (${servedOf(file)}) is in use`;
}

/** Only of who had one: whoever reads once has not. */
function lastGoodState(file: WatchedFile): string {
  return `the last good state of the file (${servedOf(file)}) stays in use`;
}

function servedOf({ inUse }: WatchedFile): string {
  const served = countServed(inUse);
  return `${served} ${served === 1 ? 'object' : 'objects'}`;
}

interface Origin {
  readonly version: FileVersion;
  readonly document: FileDocument;
  readonly object: WrittenObject;
}

/** `place` is found when it is read: finding it parses the document again, which thousands of findings cannot afford. */
function issueFinding({ code, severity, path, message, help }: ObjectIssue, origin: Origin): Finding {
  const { ref } = origin.object;
  let place: SourcePlace | undefined;
  return {
    code,
    severity,
    ...(ref === undefined ? {} : { resource: ref }),
    path,
    message,
    help,
    get place(): SourcePlace {
      place ??= placeOf(origin, path);
      return place;
    },
  };
}

/** The place of a node of an object. */
export function placeOf({ version, document, object }: Origin, path: readonly (string | number)[]): SourcePlace {
  return { file: version.path, ...version.placeOf(document, object.value, [...object.prefix, ...path]) };
}

/** Without place: the store finds it when it is asked. */
function keptFinding({ ref }: ServedObject): Finding {
  const { severity, help } = CATALOGUE['store/kept-object'];
  const message = `${ref.kind} ${ref.name} was refused; it is served as it was before the change`;
  return { code: 'store/kept-object', severity, resource: ref, path: [], message, help };
}
