// 日本語

import { chat } from "./chat.ts";
import { checks } from "./checks.ts";
import { cockpit } from "./cockpit.ts";
import { money } from "./money.ts";
import { network, market } from "./network.ts";
import { verify } from "./verify.ts";
import type { Text } from "../english/index.ts";

export const japanese: Text = {
  app: {
    name: "Cocoon",
    skip: "本文へ移動",
    menu: "ページ",
    theme: "外観",
    themes: { system: "システムに合わせる", light: "ライト", dark: "ダーク" },
    language: "言語",
    offline: "このページの横にネットワークの記述がないため、証明の検証だけができます。",
    notFound: "そのようなページはありません。",
    failed: "ページのこの部分を読み込めませんでした。",
    retry: "もう一度試す",
    loading: "読み込み中",
    close: "閉じる",
    copy: "コピー",
    copied: "コピーしました",
    simulated: "開発ネット：信頼ハードウェアは模擬で、コインに価値はありません。",
  },
  pages: {
    chat: "チャット",
    network: "ネットワーク",
    market: "市場",
    cockpit: "コックピット",
    verify: "検証",
  },
  states: { signed: "署名済み", included: "記録済み", anchored: "固定済み" },
  stateMeanings: {
    signed: "ワーカーが行ったことに署名し、ログが領収書の場所を約束しました。",
    included: "領収書は公開ログにあり、その状態は署名されています。",
    anchored: "ログのその状態は TON の取引によって固定されています。",
  },
  tiers: {
    dev: "模擬",
    open: "オープン",
    confidential: "機密",
    "confidential-gpu": "機密（GPU も）",
  },
  tierMeanings: {
    dev: "信頼ハードウェアは模擬で、何も守りません。運営者はあなたの文章を読めます。",
    open: "保証金のある普通の機械です。運営者はあなたの文章を読めます。",
    confidential: "プロセッサが運営者を締め出します。横の GPU は対象外です。",
    "confidential-gpu": "プロセッサと GPU が運営者を締め出します。",
  },
  verify,
  checks,
  network,
  market,
  chat,
  money,
  cockpit,
};
