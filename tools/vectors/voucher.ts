import {
  concatBytes,
  costMax,
  createSigningKey,
  encodeVoucher,
  feeNanotons,
  nanotons,
  signVoucher,
  toHex,
  utf8,
  voucherDigest,
  workNanotons,
} from "@cocoon/protocol";

export const devnetId = -7239;
export const channelAddress = `0:${"c1".repeat(32)}`;
const sessionSeed = new Uint8Array(32).fill(0x51);

/** Usage, terms and what they come to. Amounts are decimal texts. */
export function priceVectors(): object {
  const rows = [
    { promptTokens: 0, completionTokens: 0, prices: [1_000_000n, 1_000_000n], feeBps: 500 },
    { promptTokens: 1, completionTokens: 0, prices: [999_999n, 1n], feeBps: 500 },
    { promptTokens: 1, completionTokens: 1, prices: [999_999n, 1n], feeBps: 10_000 },
    { promptTokens: 17, completionTokens: 211, prices: [25_000_000n, 80_000_000n], feeBps: 250 },
    { promptTokens: 128_000, completionTokens: 4_096, prices: [123_457n, 765_431n], feeBps: 333 },
    { promptTokens: 1_999, completionTokens: 1, prices: [1_000n, 1_000n], feeBps: 9_999 },
    {
      promptTokens: 2 ** 32 - 1,
      completionTokens: 2 ** 32 - 1,
      prices: [10n ** 15n, 10n ** 15n],
      feeBps: 10_000,
    },
  ];
  return {
    about: "Spec section 5.2. work = floor((p*pp + c*cp) / 10^6), fee = floor(work*bps / 10^4).",
    prices: rows.map(
      ({ promptTokens, completionTokens, prices: [prompt = 0n, completion = 0n], feeBps }) => {
        const price = {
          promptPerMillion: nanotons(prompt),
          completionPerMillion: nanotons(completion),
        };
        const work = workNanotons({ promptTokens, completionTokens }, price);
        const tokensMax = Math.min(promptTokens + completionTokens, 2 ** 32 - 1);
        return {
          promptTokens,
          completionTokens,
          promptPerMillion: prompt.toString(),
          completionPerMillion: completion.toString(),
          feeBps,
          workNanotons: work.toString(),
          feeNanotons: feeNanotons(work, feeBps).toString(),
          tokensMax,
          costMax: costMax(tokensMax, { ...price, feeBps }).toString(),
        };
      },
    ),
  };
}

/** Vouchers as bytes, each with what a verifier must say. */
export function voucherVectors(): object {
  const key = createSigningKey(sessionSeed);
  const amount = nanotons(1_500_000_000n);
  const good = signVoucher(key, devnetId, channelAddress, amount);
  const bytes = encodeVoucher(good);
  const masterchain = `-1:${"0d".repeat(32)}`;
  const flipped = (index: number): Uint8Array => {
    const altered = Uint8Array.from(bytes);
    altered[index] = (altered[index] ?? 0) ^ 1;
    return altered;
  };
  const raw = {
    ...good,
    signature: key.sign(
      concatBytes(utf8("cocoon/voucher/1\0"), voucherDigest(devnetId, channelAddress, amount)),
    ),
  };
  const largest = nanotons(2n ** 64n - 1n);
  const elsewhere = signVoucher(key, -239, channelAddress, amount);
  const rows: readonly (readonly [string, Uint8Array, string | null])[] = [
    ["a voucher", bytes, null],
    [
      "nothing promised",
      encodeVoucher(signVoucher(key, devnetId, channelAddress, nanotons(0n))),
      null,
    ],
    [
      "the largest amount",
      encodeVoucher(signVoucher(key, devnetId, channelAddress, largest)),
      null,
    ],
    [
      "a channel in the masterchain",
      encodeVoucher(signVoucher(key, devnetId, masterchain, amount)),
      null,
    ],
    ["signed for mainnet", encodeVoucher(elsewhere), "voucher_signature_invalid"],
    ["signed with a domain in front", encodeVoucher(raw), "voucher_signature_invalid"],
    ["another channel", flipped(32), "voucher_signature_invalid"],
    ["another amount", flipped(48), "voucher_signature_invalid"],
    ["an altered signature", flipped(112), "voucher_signature_invalid"],
    ["an amount above u64", flipped(40), "frame_malformed"],
    ["a workchain that is not TON's", flipped(0), "frame_malformed"],
    ["one byte short", bytes.subarray(0, -1), "frame_malformed"],
    ["one byte more", concatBytes(bytes, Uint8Array.of(0)), "frame_malformed"],
    ["empty", new Uint8Array(), "frame_malformed"],
  ];
  return {
    about:
      "Spec section 5.3. error: null, or the code; voucher_signature_invalid where verifyVoucher() is false.",
    networkId: devnetId,
    sessionSeed: toHex(sessionSeed),
    sessionKey: toHex(key.publicKey),
    channel: channelAddress,
    cumulative: amount.toString(),
    digest: toHex(voucherDigest(devnetId, channelAddress, amount)),
    signature: toHex(good.signature),
    vouchers: rows.map(([name, voucher, error]) => ({ name, bytes: toHex(voucher), error })),
  };
}
