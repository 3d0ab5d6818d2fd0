// Runs one machine on the npm package aws-local-stepfunctions and says how long that took.
// Standard input: {"definition": …, "input": …, "times": n}; for each line of it, one line of output.
import { createInterface } from 'node:readline';
import { StateMachine } from 'aws-local-stepfunctions';

for await (const line of createInterface({ input: process.stdin })) {
  const { definition, input, times } = JSON.parse(line);
  const machine = new StateMachine(definition);
  let output;
  const before = process.hrtime.bigint();
  for (let time = 0; time < times; time += 1) {
    output = await machine.run(structuredClone(input)).result;
  }
  const seconds = Number(process.hrtime.bigint() - before) / 1e9;
  console.log(JSON.stringify({ seconds, output }));
}
