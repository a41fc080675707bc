import { installTestRequirements } from './test-requirements.ts';

await installTestRequirements();
