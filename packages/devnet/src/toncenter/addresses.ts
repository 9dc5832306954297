import type { Address } from "@ton/core";
import type { Ledger } from "../ledger/index.ts";
import { type Params, parseAnyAddress } from "./params.ts";
import type { Json } from "./shapes.ts";

/** All forms of an address. */
export function detectAddress(_ledger: Ledger, params: Params): Json {
  const { address, form, isTestOnly } = parseAnyAddress(params.text("address"));
  return {
    "@type": "ext.utils.detectedAddress",
    raw_form: address.toRawString(),
    bounceable: base64Variant(address, true, isTestOnly),
    non_bounceable: base64Variant(address, false, isTestOnly),
    given_type: form,
    test_only: isTestOnly,
  };
}

export function packAddress(_ledger: Ledger, params: Params): string {
  return parseAnyAddress(params.text("address")).address.toString({ urlSafe: false });
}

export function unpackAddress(_ledger: Ledger, params: Params): string {
  return params.address("address");
}

function base64Variant(address: Address, bounceable: boolean, testOnly: boolean): Json {
  return {
    "@type": "ext.utils.detectedAddressVariant",
    b64: address.toString({ bounceable, testOnly, urlSafe: false }),
    b64url: address.toString({ bounceable, testOnly }),
  };
}
