import type { Text } from "../english/index.ts";
import { digits } from "./count.ts";

export const verify: Text["verify"] = {
  title: "証明を検証する",
  lead: "証明ファイルは、誰がどのモデルでいくらで答え、それがどこに記録されているかを示します。検証はこのブラウザの中で行われます。ファイルはどこにも送られず、オフラインでも動きます。",
  drop: "証明ファイルをドロップ",
  choose: "または選択",
  askChain: "TON にも尋ねる",
  askChainMeaning:
    "三つの検査にはチェーンが必要です：ルート契約が許したもの、ログの鍵の持ち主、固定があること。接続先はあなたがどの契約を見るかを知りますが、ファイルのことは何も知りません。",
  endpoint: "TON の接続先",
  working: "検査中",
  refused: "これは検証できません。",
  holds: "成り立ちます。",
  holdsSimulated: "成り立ちますが、証拠は模擬です。",
  holdsOpen: "成り立ちますが、ワーカーの機械を保証する者はいません。",
  fails: (failing: number, all: number): string =>
    `成り立ちません：${digits.format(all)} 件の検査のうち ${digits.format(failing)} 件が失敗。`,
  simulatedNote: "このような証拠は誰でも作れます。仕組みを示すだけで、何も守りません。",
  stateNote: (state: string): string => `ファイルによれば、領収書は${state}です。`,
  openNote: (open: number): string => `${digits.format(open)} 件の検査は行われませんでした。`,
  about: "何についてか",
  opened: "開示された内容",
  chain: "ハードウェアから TON のブロックまで",
  not: "示さないこと",
  bytes: (length: number): string => `${digits.format(length)} バイト`,
  status: { holds: "成立", fails: "失敗", unknown: "未検査" },
  saved: "このページを保存すれば、私たちなしで検証できます。他に何も要らない一つのファイルです。",
  save: "オフライン検証器を保存",
  facts: {
    receipt: "領収書",
    when: "日時",
    model: "モデル",
    unlisted: "未登録",
    worker: "ワーカー",
    unreadable: "読めません",
    tier: "段階",
    tokens: "トークン",
    tokenCounts: (prompt: number, completion: number): string =>
      `質問 ${digits.format(prompt)} + 回答 ${digits.format(completion)}`,
    cost: "費用",
    network: "ネットワーク",
    root: "ルート契約",
    log: "ログ",
    anchor: "固定の取引",
  },
};
