// The owner's own worker, over the API that it serves on its machine. The key stays in this tab.

import {
  CocoonError,
  type EarningsRow,
  EventReader,
  JsonReader,
  type JobReport,
  parseJson,
  type PayoutReport,
  type WorkerReport,
} from "@cocoon/protocol";

/** As api.json in the worker's home has it. */
export type Access = { readonly url: string; readonly token: string };

export type Books = {
  readonly earnings: readonly EarningsRow[];
  readonly jobs: readonly JobReport[];
  readonly payouts: readonly PayoutReport[];
};

const jobsShown = 50;
const storedAs = "cocoon.worker";

/** Throws option_invalid for what is no api.json. */
export function readAccess(text: string): Access {
  const json = new JsonReader(parseJson(text, "option_invalid"), "option_invalid");
  const url = json.string("url").replace(/\/$/, "");
  if (!/^https?:/.test(URL.parse(url)?.protocol ?? "")) {
    throw new CocoonError("option_invalid", { field: "url" });
  }
  return { url, token: json.string("token") };
}

/** What this tab was connected to; another tab is not. */
export function rememberedAccess(): Access | undefined {
  const stored = sessionStorage.getItem(storedAs);
  return stored === null ? undefined : readAccess(stored);
}

export function rememberAccess(access: Access | undefined): void {
  if (access === undefined) sessionStorage.removeItem(storedAs);
  else sessionStorage.setItem(storedAs, JSON.stringify(access));
}

/** Tells each report until the signal. Throws peer_unreachable, and key_refused where the key is not the worker's. */
export async function followReports(
  access: Access,
  onReport: (report: WorkerReport) => void,
  signal: AbortSignal,
): Promise<void> {
  const response = await get(access, "/v1/worker/events", signal);
  const reader = response.body?.getReader();
  const events = new EventReader("peer_misbehaved");
  for (;;) {
    const piece = await reader?.read();
    if (piece?.value === undefined) throw new CocoonError("peer_unreachable");
    for (const text of events.read(piece.value)) {
      onReport(parseJson(text, "peer_misbehaved") as WorkerReport); // oxlint-disable-line no-unsafe-type-assertion -- the owner's own worker
    }
  }
}

export async function fetchBooks(access: Access, signal: AbortSignal): Promise<Books> {
  const [earnings, jobs, payouts] = await Promise.all([
    list<EarningsRow>(access, "/v1/worker/earnings", signal),
    list<JobReport>(access, `/v1/worker/jobs?limit=${jobsShown}`, signal),
    list<PayoutReport>(access, "/v1/worker/payouts", signal),
  ]);
  return { earnings, jobs, payouts };
}

async function list<Row>(
  access: Access,
  path: string,
  signal: AbortSignal,
): Promise<readonly Row[]> {
  const response = await get(access, path, signal);
  const { data } = (await response.json()) as { readonly data: readonly Row[] }; // oxlint-disable-line no-unsafe-type-assertion -- the owner's own worker
  return data;
}

async function get({ token, url }: Access, path: string, signal: AbortSignal): Promise<Response> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${url}${path}`, { headers, signal }).catch((cause: unknown) => {
    throw new CocoonError("peer_unreachable", {}, { cause });
  });
  if (response.status === 401) throw new CocoonError("key_refused");
  if (!response.ok) throw new CocoonError("peer_misbehaved", { status: response.status });
  return response;
}
