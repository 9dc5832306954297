import { CocoonError, type WorkerReport } from "@cocoon/protocol";
import { useEffect, useState } from "react";
import { type Access, type Books, fetchBooks, followReports } from "./connection.ts";

export type WorkerView = {
  readonly report: WorkerReport | undefined;
  readonly books: Books | undefined;
  /** Why nothing new comes; undefined while it does. */
  readonly failure: CocoonError | undefined;
};

const nothing: WorkerView = { report: undefined, books: undefined, failure: undefined };
const againMs = 2_000;

/** The worker as it is now. When it goes away it is asked again, until it is back. */
export function useWorker(access: Access | undefined): WorkerView {
  const [view, setView] = useState(nothing);
  useEffect(() => {
    if (access === undefined) return;
    const stopping = new AbortController();
    const { signal } = stopping;
    const tell = (change: Partial<WorkerView>): void => {
      if (!signal.aborted) setView((before) => ({ ...before, ...change }));
    };
    let answers = -1;
    const onReport = (report: WorkerReport): void => {
      tell({ report, failure: undefined });
      const seen = report.today.answers;
      if (seen === answers) return;
      answers = seen;
      fetchBooks(access, signal).then(
        (books) => tell({ books }),
        () => undefined,
      );
    };
    const follow = async (): Promise<void> => {
      while (!signal.aborted) {
        try {
          await followReports(access, onReport, signal);
        } catch (error) {
          if (error instanceof CocoonError) tell({ failure: error });
        }
        await new Promise((resolve) => {
          setTimeout(resolve, againMs);
        });
      }
    };
    void follow();
    return () => {
      stopping.abort();
      setView(nothing);
    };
  }, [access]);
  return view;
}
