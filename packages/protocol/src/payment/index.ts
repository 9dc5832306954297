export {
  costMax,
  feeBpsMax,
  feeNanotons,
  feeWithin,
  isTerms,
  type Price,
  pricePerMillionMax,
  readPrice,
  readTerms,
  type Terms,
  tokenCountMax,
  type Usage,
  workNanotons,
} from "./price.ts";
export {
  encodeVoucher,
  parseVoucher,
  signVoucher,
  verifyVoucher,
  type Voucher,
  voucherBytes,
  voucherDigest,
} from "./voucher.ts";
