import * as z from 'zod';
import { caseResultSchema, eventSchema } from '../lab/event-schema.ts';

export { caseResultSchema, eventSchema };
export const runReportSchema = z.looseObject({ schema: z.literal('kexec-lab/run@1') });
