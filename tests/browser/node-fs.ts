// Stands for node:fs in a page: the server of the page has the vectors, at the same places below its root.

function load(url: URL, method: "HEAD" | "GET"): XMLHttpRequest {
  const request = new XMLHttpRequest();
  request.open(method, url, false);
  // Each byte comes as one character whose lower half it is.
  request.overrideMimeType("text/plain; charset=x-user-defined");
  request.send();
  return request;
}

export function existsSync(url: URL): boolean {
  return load(url, "HEAD").status === 200;
}

export function readFileSync(url: URL, encoding?: "utf8"): Uint8Array | string {
  const request = load(url, "GET");
  if (request.status !== 200) throw new Error(`no ${url.pathname}`);
  const bytes = Uint8Array.from(request.responseText, (char) => (char.codePointAt(0) ?? 0) & 0xff);
  return encoding === undefined ? bytes : new TextDecoder().decode(bytes);
}
