// A page that verifies a proof file, with the same source as cocoon verify. Nothing leaves it, unless an endpoint is named.

import { CocoonError } from "@cocoon/protocol";
import { judge } from "./judge.ts";
import { showRefusal, showVerdict } from "./view.ts";

const input = elementOf("file", HTMLInputElement);
const endpoint = elementOf("endpoint", HTMLInputElement);
const drop = elementOf("drop", HTMLElement);
const result = elementOf("result", HTMLElement);

function elementOf<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const element = document.querySelector(`#${id}`);
  if (element instanceof kind) return element;
  throw new Error(`no ${id}`);
}

async function verify(blob: Blob): Promise<void> {
  result.replaceChildren();
  try {
    const { file, verdict } = await judge(blob, endpoint.value);
    showVerdict(result, file, verdict);
  } catch (error) {
    if (!(error instanceof CocoonError)) throw error;
    showRefusal(result, error);
  }
}

function verifyFirst(files: FileList | undefined | null): void {
  const file = files?.item(0);
  if (file) void verify(file);
}

input.addEventListener("change", () => verifyFirst(input.files));
elementOf("form", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  verifyFirst(input.files);
});
for (const name of ["dragover", "dragleave", "drop"] as const) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", name === "dragover");
    if (name === "drop") verifyFirst(event.dataTransfer?.files);
  });
}
