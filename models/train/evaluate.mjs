// Runs the cases of evaluation_cases.py through node-llama-cpp, greedy, and prints the share of right answers per group.
// usage: node evaluate.mjs MODEL.gguf CASES.json [--failures]
/* oxlint-disable typescript/no-unsafe-assignment -- a script outside the TypeScript projects, so Node has no types here */
import { readFileSync } from "node:fs";
import { argv, exit } from "node:process";
import { getLlama } from "node-llama-cpp";

/**
 * @typedef {'exact' | 'prefix' | 'contains'} Match
 * @typedef {{ group: string, system: string | null, turns: string[], accept: string[], match: Match }} TestCase
 * @typedef {{ right: number, count: number }} Score
 */

const answerTokensMax = 200;
const [modelPath = "", casesPath = "", failuresFlag = ""] = argv.slice(2);

const llama = await getLlama({
  gpu: false,
  build: "never",
  skipDownload: true,
  maxThreads: 1,
});
const model = await llama.loadModel({ modelPath });
const context = await model.createContext({ contextSize: model.trainContextSize, threads: 1 });
const sequence = context.getSequence();
let tokenCount = 0;

/** @type {(role: string, text: string) => string} */
const turn = (role, text) => `<|im_start|>${role}\n${text}<|im_end|>\n`;

/** @type {(prompt: string) => Promise<string>} */
async function answer(prompt) {
  const tokens = model.tokenize(`${prompt}<|im_start|>assistant\n`, true);
  await sequence.clearHistory();
  const answered = [];
  for await (const token of sequence.evaluate(tokens, { temperature: 0 })) {
    answered.push(token);
    if (answered.length >= answerTokensMax) break;
  }
  tokenCount += answered.length;
  return model.detokenize(answered);
}

/**
 * Puts the turns one after the other, with the model's own answers between them.
 * @type {(testCase: TestCase) => Promise<string>}
 */
async function lastAnswer({ system, turns }) {
  let prompt = system === null ? "" : turn("system", system);
  let text = "";
  for (const question of turns) {
    prompt += turn("user", question);
    text = await answer(prompt);
    prompt += turn("assistant", text);
  }
  return text;
}

/** @type {Record<Match, (text: string, wanted: string) => boolean>} */
const matches = {
  exact: (text, wanted) => text === wanted,
  prefix: (text, wanted) => text.startsWith(wanted),
  contains: (text, wanted) => text.includes(wanted),
};

/** @type {TestCase[]} */
const testCases = JSON.parse(readFileSync(casesPath, "utf8"));
/** @type {Map<string, Score>} */
const scores = new Map();
const started = Date.now();
for (const testCase of testCases) {
  const text = await lastAnswer(testCase);
  const isRight = testCase.accept.some((wanted) => matches[testCase.match](text, wanted));
  const score = scores.get(testCase.group) ?? { right: 0, count: 0 };
  scores.set(testCase.group, { right: score.right + Number(isRight), count: score.count + 1 });
  if (!isRight && failuresFlag === "--failures") {
    console.log(`${testCase.group}\n  > ${testCase.turns.join(" | ")}`);
    console.log(`  < ${text}\n  = ${testCase.accept.join(" | ")}`);
  }
}
const seconds = (Date.now() - started) / 1000;

console.log("| task | cases | right |\n| --- | --- | --- |");
for (const [name, { right, count }] of scores) {
  console.log(`| ${name} | ${count} | ${((100 * right) / count).toFixed(0)} % |`);
}
console.log(`${tokenCount} tokens in ${seconds.toFixed(0)} s`);
exit(0);
