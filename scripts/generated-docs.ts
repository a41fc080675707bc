import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import type { Arch } from '../src/arch.ts';
import { arches } from '../src/arch.ts';
import { ownCatalogue } from '../src/cli/find-scenarios.ts';
import { outcomeIds, outcomeSummaries } from '../src/model/vocabulary.ts';
import { describeExpectation } from '../src/report/result-text.ts';
import { describeShape } from '../src/qemu/shape.ts';
import { loadScenarios, ownScenarios, scenarioName } from '../src/scenario/load.ts';
import type { Scenario } from '../src/scenario/scenario.ts';
import { scenarioJsonSchema } from '../src/scenario/schema.ts';
import { bootMachinePage } from './boot-machine-page.ts';
import { withPicture } from './house/picture.ts';
import { imageSizeRows } from './image-size-page.ts';
import { manPage } from './man-page.ts';
import { performancePage } from './performance-page.ts';
import { resultsPage } from './results-page.ts';
import { truthPage } from './truth-table/page.ts';

/** Every file under docs/ that is made from something else. A test holds what is committed against this. */
export const generatedDocs: { file: string; render: () => string | Promise<string> }[] = [
  bootMachinePage,
  manPage,
  performancePage,
  resultsPage,
  truthPage,
  {
    file: 'docs/architecture.md',
    render: () =>
      withPicture(
        readFileSync(new URL('../docs/architecture.md', import.meta.url), 'utf8'),
        fileURLToPath(new URL('../src/', import.meta.url)),
      ),
  },
  {
    file: 'docs/diagnose.md',
    render: () =>
      withTable('docs/diagnose.md', [
        '| outcome | what happened |',
        '| --- | --- |',
        ...outcomeIds.map((id) => `| [\`${id}\`](#${id}) | ${outcomeSummaries[id]} |`),
      ]),
  },
  {
    file: 'docs/upstream.md',
    render: () => withTable('docs/upstream.md', imageSizeRows()),
  },
  { file: 'docs/scenario.schema.json', render: () => JSON.stringify(scenarioJsonSchema()) },
  {
    file: 'docs/scenarios.md',
    render: () => scenarioPage(loadScenarios({ directories: [ownScenarios] }, ownCatalogue)),
  },
];

/** Replaces the table of a page that is otherwise written by hand. It is between two comments. */
function withTable(file: string, rows: readonly string[]): string {
  const page = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
  const [, before, after] =
    /^(.*<!-- The table below is made from [^>]* -->\n).*(<!-- End of the table. -->.*)$/s.exec(
      page,
    ) ?? [];
  if (before === undefined || after === undefined)
    throw new Error(`${file} has lost the comments around the table`);
  return [before, '\n', rows.join('\n'), '\n\n', after].join('');
}

/** The text of a generated file, formatted as everything else here is. */
export async function renderDoc({ file, render }: (typeof generatedDocs)[number]): Promise<string> {
  if (!/\.(?:md|json)$/.test(file)) return render();
  return format(await render(), { ...(await resolveConfig(file)), filepath: file });
}

/** The scenarios of one file: several if it is booted in several shapes. */
type Group = [first: Scenario, ...others: Scenario[]];

function scenarioPage(scenarios: Scenario[]): string {
  const byFile = new Map<string, Group>();
  for (const scenario of scenarios) {
    const group = byFile.get(scenario.file);
    if (group === undefined) byFile.set(scenario.file, [scenario]);
    else group.push(scenario);
  }
  const groups = [...byFile.values()];
  return `<!-- Made from scenarios/*.yaml by \`npm run docs\`; change those. -->

# Scenarios

What \`kexec-lab run all\` boots. Each name is a word \`kexec-lab run\` understands, and so is each label.
\`kexec-lab show <name>\` prints the commands that boot one by hand.

| scenario | architectures | expected | labels |
| --- | --- | --- | --- |
${groups.map(tableRow).join('\n')}

${groups.map(section).join('\n\n')}
`;
}

function tableRow([{ name, file, arches, labels, perArch }, ...others]: Group): string {
  const outcomes = new Set(arches.map((arch) => code(perArch[arch]?.expect.outcome ?? '')));
  const last = others.at(-1);
  const names = last === undefined ? name : `${name} to ${last.name}`;
  return `| [${names}](#${scenarioName(file)}) | ${arches.join(', ')} | ${[...outcomes].join(' or ')} | ${labels.join(', ')} |`;
}

function section(group: Group): string {
  const [scenario] = group;
  const { file, title, story } = scenario;
  const facts = arches.flatMap((arch) => archFacts(scenario, arch));
  const shapes = group.length === 1 ? [] : group.map((one) => `- ${one.name}: ${shapeIn(one)}`);
  const name = scenarioName(file);
  const heading = group.length === 1 ? title : title.replace(/ \(.*\)$/, '');
  return `## ${name}\n\n**${heading}**\n\n${story.trim()}\n\n${[...facts, ...shapes].join('\n')}`;
}

function shapeIn({ perArch }: Scenario): string {
  return code(describeShape(Object.values(perArch)[0]?.setup.shape ?? {}));
}

function archFacts({ perArch }: Scenario, arch: Arch): string[] {
  const resolved = perArch[arch];
  if (resolved === undefined) return [];
  const tags = Object.entries(resolved.setup.tags).map(([key, value]) => code(`${key}=${value}`));
  const given = tags.length === 0 ? 'no tags' : `tags ${tags.join(' ')}`;
  return [`- ${arch}: expected ${code(describeExpectation(resolved.expect))}; ${given}`];
}

function code(text: string): string {
  return `\`${text}\``;
}
