// The exit codes of tolk/errors.tolk; a test compares the two.

const exitCodeNames: Readonly<Record<number, string>> = {
  401: "NotPayer",
  402: "NotPayee",
  403: "NotOwner",
  404: "NotGovernance",
  411: "BadSignature",
  412: "StaleVoucher",
  413: "StaleCheckpoint",
  414: "FutureCheckpoint",
  415: "TooFewSignatures",
  416: "StaleStatement",
  417: "ExpiredStatement",
  421: "WrongPhase",
  422: "TooEarly",
  423: "NotListed",
  424: "NotPending",
  425: "ListFull",
  426: "NotTighter",
  427: "Pending",
  431: "NotEnoughValue",
  432: "BudgetSpent",
  441: "WeakKey",
  442: "BadText",
  443: "BadFee",
  444: "BadKeys",
  445: "BadDelay",
  446: "BadChange",
  451: "BadProof",
  452: "NoFault",
  65535: "UnknownOp",
};

/** The name of an exit code of our contracts, or undefined when it is TVM's own. */
export function exitCodeName(exitCode: number): string | undefined {
  return exitCodeNames[exitCode];
}
