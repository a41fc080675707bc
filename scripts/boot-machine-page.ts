import { bootMachine } from '../src/boot/machine/machine.ts';
import { signatures } from '../src/signatures/all.ts';
import type { Signature } from '../src/signatures/signature.ts';

/** A transition that leads to another state; `from` and `to` are state names, or stage names for whole stages. */
type Edge = { from: string; to: string; event: string };

type StateNode = typeof bootMachine.root;

/** The page of docs/ that shows the boot machine, made from the machine itself. */
export const bootMachinePage = { file: 'docs/boot-machine.md', render };

const stages = childrenOf(bootMachine.root);

function render(): string {
  return `<!-- Made from src/boot/machine/machine.ts and src/signatures by \`npm run docs\`; change those. -->

# The boot machine

The states of a boot, grouped by stage. The signatures below cause its events. When the console ends, the state and
what else is known decide the outcome ([diagnose.md](diagnose.md)). An arrow from a whole stage applies to several of
its states, an arrow from *anywhere* to every state.

\`\`\`mermaid
${diagram()}
\`\`\`

## Signatures

The texts that are recognised on the console. A signature without an event is only shown. The outcome is the one that the
text causes; that of a \`warning\` counts only if the boot gets no further.

| signature | event | outcome | meaning | printed by |
| --- | --- | --- | --- | --- |
${signatures.map(row).join('\n')}
`;
}

function diagram(): string {
  return [
    'stateDiagram-v2',
    '  direction TB',
    `  [*] --> ${stages[0]?.key ?? ''}`,
    ...stages.flatMap(stageBlock),
    ...labelled([...rootEdges(), ...stages.flatMap(stageEdges)]),
  ].join('\n');
}

function stageBlock(stage: StateNode): string[] {
  const initial = stage.initial.target[0] as StateNode | undefined;
  return [
    `  state ${stage.key} {`,
    `    [*] --> ${nameOf(initial ?? stage)}`,
    ...childrenOf(stage).map((child) => `    state "${child.key}" as ${nameOf(child)}`),
    '  }',
  ];
}

function rootEdges(): Edge[] {
  return edgesOf(bootMachine.root).map((edge) => ({
    ...edge,
    from: 'anywhere',
  }));
}

/** The edges of a stage's states; what several states have in common is one edge of the stage. */
function stageEdges(stage: StateNode): Edge[] {
  const edges = childrenOf(stage)
    .flatMap(edgesOf)
    .filter(({ from, to }) => from !== to);
  return edges.map((edge) => {
    const alike = edges.filter(({ to, event }) => to === edge.to && event === edge.event);
    return alike.length > 1 ? { ...edge, from: stage.key } : edge;
  });
}

function edgesOf(node: StateNode): Edge[] {
  return [...node.transitions.values()].flat().flatMap(({ eventType, target }) =>
    (target ?? []).map((to) => ({
      from: nameOf(node),
      to: nameOf(to as StateNode),
      event: eventType,
    })),
  );
}

/** One arrow per pair of states, with all the events that take it. */
function labelled(edges: Edge[]): string[] {
  const arrows = new Map<string, Set<string>>();
  for (const { from, to, event } of edges) {
    const arrow = `${from} --> ${to}`;
    arrows.set(arrow, (arrows.get(arrow) ?? new Set()).add(event));
  }
  return [...arrows].map(([arrow, events]) => `  ${arrow} : ${[...events].join('<br>')}`);
}

function childrenOf(node: StateNode): StateNode[] {
  return Object.values<StateNode>(node.states);
}

/** Mermaid wants names without dots. */
function nameOf({ path }: StateNode): string {
  return path.join('_');
}

function row({ id, meaning, outcome, description, source }: Signature): string {
  const cells = [code(id), code(meaning), code(outcome), description, source];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function code(text: string | null | undefined): string {
  return text ? `\`${text}\`` : '';
}
