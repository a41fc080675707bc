import * as z from 'zod';
import { arches } from '../arch.ts';

/**
 * An object that keeps unknown keys, so that records of later versions can be read. Its type has the known keys only.
 */
export function openObject<Shape extends z.core.$ZodShape>(shape: Shape): z.ZodObject<Shape> {
  return z.looseObject(shape);
}

/** The first problem of a record in one line, with its place in the record. */
export function firstIssue({ issues: [issue] }: z.ZodError): string {
  const place = issue?.path.map(String).join('.') ?? '';
  return `${place === '' ? 'the record' : place}: ${issue?.message ?? 'not valid'}`;
}

export const archSchema = z.enum(arches);
export const scenarioName = z.string().regex(/^[a-z0-9-]+$/, 'this is not a scenario name');

/** Seconds on the host's clock or the kernel's. The limit is thirty years. */
export const seconds = z.number().min(0).max(1e9);

/** How many kernels have started since power-on; 0 is firmware. */
export const generation = z.int().min(0).max(1e6);

/** How often something was done, at least once. */
export const times = z.int().min(1).max(1e6);

/** A number of things. */
export const count = z.int().min(0);

/** Texts by name. */
export const wordsSchema = z.record(z.string(), z.string());
