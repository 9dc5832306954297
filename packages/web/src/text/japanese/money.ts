import type { Text } from "../english/index.ts";

export const money: Text["money"] = {
  title: "お金",
  connect: "ウォレットを接続",
  demo: "デモ用のお金",
  wallet: "ウォレット",
  demoMeaning:
    "このページの支払いは開発用ネットワークの蛇口が、価値のないコインで行います。ウォレットを接続すると、代わりにそれが支払います。",
  noneMeaning: "回答の支払い手がまだいません。TONウォレットを接続してチャネルを開いてください。",
  bounded: "チャネルに預け金を入れます。このブラウザが使えるのは最大でその額です。",
  keyHere:
    "回答ごとにこのブラウザの鍵が署名します。スクリプトはその鍵を読めず、ウォレットの鍵がここに来ることはありません。",
  comesBack: "チャネルはいつでも閉じられます。使わなかった分はウォレットに戻ります。",
  choose: "ウォレットを選ぶ",
  chooseMeaning:
    "ここまで誰にも問い合わせていません。一覧はこのページに含まれています。別のアプリのウォレットへは提供元のサーバーを経由します。そのサーバーには接続と送金が見えますが、質問は決して見えません。",
  places: { here: "このブラウザ内", elsewhere: "別のアプリ" },
  agree: "ウォレットで接続に同意してください。",
  openApp: (name) => `${name} を開く`,
  scan: "または、スマートフォンのウォレットで読み取ってください。",
  deposit: "預け金 (TON)",
  risk: (deposit) =>
    `リスク: ${deposit} TON。このブラウザの鍵を使える人が使えるのは、最大でこの額です。`,
  open: "チャネルを開く",
  back: "戻る",
  leave: "接続を切る",
  failed: "うまくいきませんでした。",
  refused: "拒否されたため、何も送られていません。",
  returned: (amount) => `${amount} TON がウォレットに戻りました。`,
  works: {
    opening: "チャネルを開いています。ウォレットが支払いの可否を尋ねます",
    toppingUp: "預け金を追加しています。ウォレットが支払いの可否を尋ねます",
    closing: "プロキシが代金を受け取り、残りが戻ります",
    closingAlone: "閉じ始めています。ウォレットが送信の可否を尋ねます",
    takingRest: "残りを取り戻しています。ウォレットが送信の可否を尋ねます",
  },
  channel: "チャネル",
  phases: { opening: "開設中", open: "開いています", closing: "閉鎖中" },
  deposited: "預け入れ",
  spent: "使用済み",
  left: "残り",
  noChannel: "開いているチャネルはありません。次の質問のときにウォレットへ依頼します。",
  topUp: "追加する",
  topUpAmount: "預け金に追加する額 (TON)",
  close: (rest) => `閉じて ${rest} TON を取り戻す`,
  closeMeaning: "プロキシがすぐに閉じ、その手数料を支払います。",
  alone: "プロキシが応答しませんか?",
  aloneMeaning:
    "プロキシなしでも閉じられます。署名済みの額を受け取る期間が1日あり、そのあと残りを取り戻せます。",
  startAlone: "プロキシなしで閉じ始める",
  closesAt: (when) => `${when} 以降に残りを取り戻せます。`,
  takeRest: "残りを取り戻す",
  remote: {
    title: "ウォレットで支払ってください",
    waits: (app) => `支払いは ${app} で承認または拒否されるまで待っています。`,
    hide: "隠す",
  },
  prompt: {
    title: "模擬ウォレット",
    to: "宛先",
    simulated:
      "ウォレットアプリの代役です。開発用ネットワークにだけあり、コインに価値はありません。",
    approve: "支払う",
    refuse: "拒否",
  },
};
