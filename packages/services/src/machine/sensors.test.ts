import assert from "node:assert/strict";
import { test } from "node:test";
import { whileFound } from "./program.ts";
import { readSensors } from "./sensors.ts";

const bare = {
  list: () => [],
  text: () => undefined,
  run: () => Promise.reject(new Error("no such program")),
};

test("readSensors() tells nothing of a machine that tells nothing", async () => {
  assert.deepEqual(await readSensors(bare), []);
});

test("readSensors() reads nvidia-smi, and leaves out what a card does not say", async () => {
  const run = () =>
    Promise.resolve("NVIDIA H200, 41, 97, 1024, 143771\nTesla T4, [N/A], 0, 5, 9\n");
  const [first, second] = await readSensors({ ...bare, run });
  assert.deepEqual(first, {
    name: "NVIDIA H200",
    temperatureCelsius: 41,
    utilizationPercent: 97,
    memoryUsedBytes: 1024 * 2 ** 20,
    memoryTotalBytes: 143771 * 2 ** 20,
  });
  assert.equal(second?.temperatureCelsius, null);
});

test("readSensors() takes the hottest reading of the processor's own drivers", async () => {
  const files: Readonly<Record<string, string>> = {
    "sys/class/hwmon/hwmon0/name": "nvme\n",
    "sys/class/hwmon/hwmon0/temp1_input": "90000\n",
    "sys/class/hwmon/hwmon1/name": "k10temp\n",
    "sys/class/hwmon/hwmon1/temp1_input": "61500\n",
  };
  const view = { ...bare, list: () => ["hwmon0", "hwmon1"], text: (path: string) => files[path] };
  const [cpu] = await readSensors(view);
  assert.deepEqual([cpu?.name, cpu?.temperatureCelsius], ["CPU", 61.5]);
});

test("whileFound() looks for a program that is not there once, and runs one that is again and again", async () => {
  const asked: string[] = [];
  const run = whileFound((program) => {
    asked.push(program);
    if (program === "there") return Promise.resolve("said");
    return Promise.reject(Object.assign(new Error("spawn"), { code: "ENOENT" }));
  });
  for (let time = 0; time < 3; time += 1) {
    await assert.rejects(run("absent", []), { code: "ENOENT" });
    assert.equal(await run("there", []), "said");
  }
  assert.deepEqual(asked, ["absent", "there", "there", "there"]);
});
