// Writes the JSON Schema that editors check drop plans with: npx node examples/make-schema.ts > examples/drop-plan.schema.json
import { planJsonSchema } from '../src/intake/plan-file.ts';

process.stdout.write(`${JSON.stringify(planJsonSchema(), null, 2)}\n`);
