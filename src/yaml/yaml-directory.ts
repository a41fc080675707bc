import { readdirSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import type { SchemaOf } from './yaml-file.ts';
import { readYamlFile } from './yaml-file.ts';

/** A collection by name, whose contents may be read on demand. */
export type Named<Content> = {
  keys(): Iterable<string>;
  has(name: string): boolean;
  /** @throws ScenarioError for an invalid file */
  get(name: string): Content | undefined;
  [Symbol.iterator](): Iterator<[name: string, content: Content]>;
};

/**
 * The YAML files of a directory by their names without extension, in order. Each is read once, on demand: a command needs few
 * of them, and each would delay its start by milliseconds. `get` also takes the absolute path of another file.
 */
export class YamlDirectory<Content> implements Named<Content> {
  readonly #directory: string;
  readonly #schema: SchemaOf<Content>;
  readonly #read = new Map<string, Content>();
  #files: Map<string, string> | undefined;

  constructor(directory: string, schema: SchemaOf<Content>) {
    this.#directory = directory;
    this.#schema = schema;
  }

  keys(): Iterable<string> {
    return this.#list().keys();
  }

  has(name: string): boolean {
    return this.#list().has(name);
  }

  get(name: string): Content | undefined {
    const file = isAbsolute(name) ? name : this.#list().get(name);
    return file === undefined ? undefined : this.#content(name, file);
  }

  *[Symbol.iterator](): Generator<[string, Content]> {
    for (const [name, file] of this.#list()) yield [name, this.#content(name, file)];
  }

  #list(): Map<string, string> {
    return (this.#files ??= new Map(
      readdirSync(this.#directory)
        .filter((file) => file.endsWith('.yaml'))
        .sort()
        .map((file) => [basename(file, '.yaml'), join(this.#directory, file)]),
    ));
  }

  #content(name: string, file: string): Content {
    const content = this.#read.get(name) ?? readYamlFile(file, this.#schema).value;
    this.#read.set(name, content);
    return content;
  }
}
