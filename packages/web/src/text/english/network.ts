import { count } from "./count.ts";

export const network = {
  title: "The network, at a glance",
  lead: "Every figure leads to its definition, and can be computed again from the log and the chain.",
  tabs: {
    glance: "At a glance",
    receipts: "Receipts",
    workers: "Workers",
    proxies: "Proxies and logs",
    rules: "Contracts and rules",
    numbers: "Definitions",
  },
  live: "Live",
  stale: (seconds: number): string => `Last heard ${count(seconds, "second", "seconds")} ago`,
  unreachable: "Not reachable",
  defined: "Definition",
  figures: {
    answers: "Answers logged",
    workers: "Workers online",
    slots: "Answers at once",
    anchored: "Anchored",
    anchorAge: "Since the last anchor",
    bonds: "At stake",
  },
  definitions: {
    answers:
      "The number of receipts in the logs of all proxies: each log's signed checkpoint has it as the size of its tree. Compute it from the second line of /checkpoint.",
    workers:
      "Workers that a proxy offers now: it verified their evidence, and their connection stands. Only the proxy can say it; a client checks the evidence again before it seals anything.",
    slots:
      "The answers that all workers online could give at once, and how many they are giving. As each worker announces it.",
    anchored:
      "The part of the logged receipts that a TON transaction fixes: the tree size in the bond contract's newest checkpoint, over the log's size. Read from the bond's account on chain.",
    anchorAge:
      "The time since the newest checkpoint in the bond contract, by the time that the log signed in it.",
    bonds:
      "What the proxies' bond contracts hold against fraud. Read from their accounts on chain.",
    price:
      "Nanotons per 1,000,000 tokens, as the worker asks; the root contract bounds it from above. What was paid stands in each receipt.",
    revision:
      "How many changes governance has made to the root contract. Each has waited out the public delay.",
    speed:
      "Tokens per second over the last answers of the worker, as the proxy measured them. Nobody else vouches for it.",
    fee: "What the proxy adds to the price of each answer, in hundredths of a percent of it. Read from its bond contract, which caps nothing: it stands in each receipt beside the work.",
    checkpoint:
      "The size of the tree in the newest checkpoint that the log signed. Receipts in the log beyond it wait for the next one, half a second later. Read from the second line of /checkpoint.",
    witnesses:
      "Who else signed the newest checkpoint, as seen in the note itself. A witness signs only a tree that grew from the one it signed before; nobody here vouches for a witness.",
    tokens:
      "Tokens asked and tokens answered, as the worker counted them and signed in the receipt. Whoever has the texts can count again.",
    cost: "What the answer cost: the work, tokens times prices, and the fee. Both stand in the receipt, and anybody can multiply.",
    context:
      "The tokens that question and answer may have together, as the worker announces it; the root contract lists the most for each model.",
    delay:
      "How long a change of the root contract is public before it can count. Read from the contract itself. A revocation waits for nothing.",
    bondMin: "The least that must be at stake. Read from the root contract.",
    stake: "What this bond contract holds against fraud. Read from its account on chain.",
  },
  numbersTitle: "What each figure means",
  numbersLead: "A figure that cannot be computed again by a stranger says so.",
  latest: "Latest receipts",
  find: "Find a receipt",
  findHint: "Receipt id (32 hex digits) or leaf hash (64)",
  findAction: "Find",
  notFound: "No log that this page knows has such a receipt.",
  noReceipts: "Nothing is logged yet.",
  noReceiptsHint: "The first answer of this network will show here the moment its log is signed.",
  noWorkers: "No worker is online.",
  noWorkersHint:
    "The proxy offers nobody now. Workers show here as soon as their evidence is verified.",
  columns: {
    receipt: "Receipt",
    model: "Model",
    tier: "Tier",
    tokens: "Tokens",
    cost: "Cost, TON",
    when: "When",
    state: "State",
    worker: "Worker",
    busy: "Busy",
    speed: "Tokens/s",
    prompt: "Asked, TON per M",
    completion: "Answered, TON per M",
    context: "Context",
  },
  receipt: {
    title: "Receipt",
    index: "Place in the log",
    took: "Took",
    seconds: (seconds: string): string => `${seconds} s`,
    finish: "Ended because",
    sequence: "Channel and sequence",
    prices: "Prices, per million tokens",
    pricesAt: (prompt: string, completion: string): string =>
      `${prompt} TON asked, ${completion} TON answered`,
    split: (work: string, fee: string): string => `${work} to the worker, ${fee} to the proxy`,
    checked: "Checked in this page",
    leaf: "Leaf hash",
    signature: "The worker's signature",
    inclusion: "Its place in the log",
    anchor: "Its anchor",
    sigMeaning: "The key in the published claims signed exactly these bytes.",
    incMeaning:
      "A path of hashes leads from the receipt to the checkpoint, which the log's key signed.",
    anchorMeaning: "The bond contract's newest checkpoint on chain is at or past this tree.",
    notYet: "Not yet",
    fails: "Does not hold",
    unread: "Could not be read",
  },
  proxy: {
    address: "Bond",
    url: "Reached at",
    fee: "Fee",
    stake: "Stake",
    phase: "Standing",
    logSize: "Receipts in the log",
    checkpoint: "Signed checkpoint",
    chainSize: "Anchored on TON",
    anchorAge: "Last anchor",
    witnesses: "Witnesses",
    witnessCount: (cosigners: number): string =>
      cosigners === 0
        ? "Nobody cosigns this log"
        : `${count(cosigners, "witness", "witnesses")} cosigned`,
    signatureHolds: "The signature of the checkpoint holds, with the key that the bond names.",
    signatureFails: "The checkpoint is not signed by the key that the bond names.",
    behind: "The log shows a smaller tree than the chain has anchored: it took something back.",
    phases: {
      unregistered: "Not registered",
      bonded: "Bonded",
      unbonding: "Leaving",
      slashed: "Slashed",
    },
    never: "never",
  },
  rules: {
    root: "Root contract",
    revision: "Revision",
    governance: "Who decides",
    keys: (threshold: number, keys: number): string =>
      `${threshold} of ${count(keys, "key", "keys")}`,
    delay: "Public delay before a change",
    hours: (hours: number): string => count(hours, "hour", "hours"),
    bondMin: "Smallest bond of a proxy",
    workerBondMin: "Smallest bond of an open worker",
    auditors: "Auditors",
    models: "Models that may be served",
    images: "Images that may run",
    context: (tokens: string): string => `${tokens} tokens of context`,
    atMost: (prompt: string, completion: string): string =>
      `at most ${prompt} / ${completion} TON per million`,
    bans: "Banned platforms",
    none: "None",
    pending: "Changes under way",
    noPending: "Nothing is about to change.",
    takesEffect: (when: string): string => `takes effect ${when}`,
    kinds: {
      setModel: "List or change a model",
      removeModel: "Remove a model",
      setMeasurement: "Allow an image",
      removeMeasurement: "Remove an image",
      setParams: "Change the network's parameters",
      setAuditors: "Change the auditors",
      setGovernance: "Hand governance over",
      liftBan: "Lift a ban",
    },
    proven: "By proof",
    unproven: "By the word of the endpoint",
    bonds: "Bonds and slashes",
    noSlashes: "No bond of this network was slashed.",
  },
};

export const market = {
  title: "The market",
  lead: "Workers name their price for each model, the root contract caps it, and a price is fixed before an answer begins.",
  book: "What is asked now",
  bookLead: "Cheapest first. The proxy's fee comes on top.",
  cap: "Cap of the root contract",
  history: "What was paid",
  historyLead: (receipts: number): string =>
    `From the last ${count(receipts, "receipt", "receipts")} of the log: each has its price in it.`,
  noHistory: "No answer of this model is in the log yet.",
  chart: (model: string): string => `Price per million answered tokens of ${model}, by receipt`,
  calculator: "What would it cost?",
  calculatorLead:
    "Put in what you send and what you pay elsewhere. Nothing is filled in for you: look up the other price yourself.",
  promptTokens: "Tokens asked, per day",
  completionTokens: "Tokens answered, per day",
  tonPrice: "Price of 1 TON, in your currency",
  theirPrompt: "Their price per million asked",
  theirCompletion: "Their price per million answered",
  here: "Here, a month",
  there: "There, a month",
  difference: (percent: string): string => `Here it costs ${percent} of that.`,
  incomplete: "Fill in the fields to compare.",
  empty: "Nobody offers anything now.",
  emptyHint: "As soon as a worker is online, what it asks shows here.",
};
