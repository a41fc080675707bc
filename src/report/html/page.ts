import type { RunReport } from '../../lab/result.ts';
import type { ShownCase } from './case.ts';
import { caseSection } from './case.ts';
import type { ShownConsole } from './console-data.ts';
import { consoleData } from './console-data.ts';
import { htmlDocument } from './document.ts';
import { element, join } from './escape.ts';
import { matrix } from './matrix.ts';

/** A case with its console. */
export type PageCase = ShownCase & ShownConsole;

/** The whole report of a run as one document. */
export function page(report: RunReport, cases: readonly PageCase[]): string {
  const body = element`${matrix(report, cases)}${join(cases.map(caseSection))}`;
  const consoles = cases.map(
    (each) => [each.reference.id, consoleData(each, each.result)] as const,
  );
  return htmlDocument(`kexec-lab ${report.id}`, body, new Map(consoles));
}
