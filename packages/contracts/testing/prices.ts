// The emulator's own slim configuration with the basechain prices of 2026 and another network id.
// The whole 2026 configuration does not load in this emulator (TVM version 12).

import { beginCell, type Builder, Cell, Dictionary } from "@ton/core";
import { slimConfig } from "@ton/sandbox/dist/config/slimConfig.js";

/** Not mainnet's: a digest that forgot the network id would fail every test. */
export const testNetworkId = -7239;

/** The emulator's own prices are those before the spring of 2026: six times as high. */
export type Prices = "2025" | "2026";

const configs = new Map<Prices, Cell>();

export function testConfig(prices: Prices = "2026"): Cell {
  const config = configs.get(prices) ?? patchedConfig(prices);
  configs.set(prices, config);
  return config;
}

function patchedConfig(prices: Prices): Cell {
  const key = Dictionary.Keys.Int(32);
  const value = Dictionary.Values.Cell();
  const parameters = Cell.fromBase64(slimConfig).beginParse().loadDictDirect(key, value);
  parameters.set(19, beginCell().storeInt(testNetworkId, 32).endCell());
  if (prices === "2026") {
    parameters.set(18, beginCell().storeDictDirect(storagePrices()).endCell());
    parameters.set(21, gasPrices());
    parameters.set(25, forwardPrices());
  }
  return beginCell().storeDictDirect(parameters).endCell();
}

/** Since 2026-04-30 (unix 1777500000) 135 per cell and 65,536 seconds, bits free. TL-B StoragePrices. */
function storagePrices(): Dictionary<number, Cell> {
  const inLeaf = {
    serialize: (cell: Cell, builder: Builder) => {
      builder.storeSlice(cell.beginParse());
    },
    parse: () => Cell.EMPTY,
  };
  const prices = Dictionary.empty(Dictionary.Keys.Uint(32), inLeaf);
  const since = 1_777_500_000;
  const price = beginCell()
    .storeUint(0xcc, 8)
    .storeUint(since, 32)
    .storeUint(0, 64)
    .storeUint(135, 64)
    .storeUint(1_000, 64)
    .storeUint(500_000, 64);
  prices.set(since, price.endCell());
  return prices;
}

/** 4,369,067 / 65,536 = 66.7 nanotons a gas. TL-B GasLimitsPrices. */
function gasPrices(): Cell {
  const flat = beginCell().storeUint(0xd1, 8).storeUint(100, 64).storeUint(6_667, 64);
  const limits = [1_000_000, 1_000_000, 10_000, 10_000_000, 100_000_000, 1_000_000_000];
  flat.storeUint(0xde, 8).storeUint(4_369_067, 64);
  for (const limit of limits) flat.storeUint(limit, 64);
  return flat.endCell();
}

/** 66,667 nanotons a message, 66.7 a bit and 6,667 a cell below its root. TL-B MsgForwardPrices. */
function forwardPrices(): Cell {
  return beginCell()
    .storeUint(0xea, 8)
    .storeUint(66_667, 64)
    .storeUint(4_369_067, 64)
    .storeUint(436_906_667, 64)
    .storeUint(98_304, 32)
    .storeUint(21_845, 16)
    .storeUint(21_845, 16)
    .endCell();
}
