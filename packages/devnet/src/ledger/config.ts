// The blockchain configuration of the devnet: the emulator's own slim set, with the basechain prices of 2026
// and another network id. The whole 2026 configuration does not load in this emulator (TVM version 12).

import { networkIds } from "@cocoon/protocol";
import { beginCell, type Builder, Cell, Dictionary, type Slice } from "@ton/core";
import { slimConfig } from "@ton/sandbox/dist/config/slimConfig.js";

const configKey = Dictionary.Keys.Int(32);
const configValue = Dictionary.Values.Cell();

/** The configuration as a dictionary of parameters (block.tlb: `Hashmap 32 ^Cell`). */
export function devnetConfig(): Cell {
  const parameters = Cell.fromBase64(slimConfig)
    .beginParse()
    .loadDictDirect(configKey, configValue);
  parameters.set(18, storagePrices());
  parameters.set(19, beginCell().storeInt(networkIds.devnet, 32).endCell());
  parameters.set(21, gasPrices());
  parameters.set(25, forwardPrices());
  return beginCell().storeDictDirect(parameters).endCell();
}

/** One parameter of a configuration, or undefined when it is not set. */
export function configParameter(config: Cell, index: number): Cell | undefined {
  return config.beginParse().loadDictDirect(configKey, configValue).get(index);
}

/** Since 2026-04-30 (Unix 1777500000) a cell costs 135 per 65,536 seconds and bits are free. */
function storagePrices(): Cell {
  const since2020 = { since: 0, bit: 1, cell: 500 };
  const since2026 = { since: 1_777_500_000, bit: 0, cell: 135 };
  const prices = Dictionary.empty(Dictionary.Keys.Uint(32), inlineCell);
  for (const price of [since2020, since2026]) {
    prices.set(price.since, storagePrice(price));
  }
  return beginCell().storeDictDirect(prices).endCell();
}

/** A dictionary value that stands in the leaf itself, not behind a reference. */
const inlineCell = {
  serialize: (value: Cell, builder: Builder): void => {
    builder.storeSlice(value.beginParse());
  },
  parse: (slice: Slice): Cell => slice.asCell(),
};

/**
 * block.tlb:
 *
 *     _#cc utime_since:uint32 bit_price_ps:uint64 cell_price_ps:uint64
 *          mc_bit_price_ps:uint64 mc_cell_price_ps:uint64 = StoragePrices;
 */
function storagePrice(price: { since: number; bit: number; cell: number }): Cell {
  return beginCell()
    .storeUint(0xcc, 8)
    .storeUint(price.since, 32)
    .storeUint(price.bit, 64)
    .storeUint(price.cell, 64)
    .storeUint(1_000, 64)
    .storeUint(500_000, 64)
    .endCell();
}

/**
 * Gas costs 4,369,067 / 65,536 = 66.7 nanotons. block.tlb:
 *
 *     gas_flat_pfx#d1 flat_gas_limit:uint64 flat_gas_price:uint64 other:GasLimitsPrices
 *     gas_prices_ext#de gas_price:uint64 gas_limit:uint64 special_gas_limit:uint64 gas_credit:uint64
 *          block_gas_limit:uint64 freeze_due_limit:uint64 delete_due_limit:uint64 = GasLimitsPrices;
 */
function gasPrices(): Cell {
  return beginCell()
    .storeUint(0xd1, 8)
    .storeUint(100, 64)
    .storeUint(6_667, 64)
    .storeUint(0xde, 8)
    .storeUint(4_369_067, 64)
    .storeUint(1_000_000, 64)
    .storeUint(1_000_000, 64)
    .storeUint(10_000, 64)
    .storeUint(10_000_000, 64)
    .storeUint(100_000_000, 64)
    .storeUint(1_000_000_000, 64)
    .endCell();
}

/**
 * A message costs 66,667 nanotons before its size. block.tlb:
 *
 *     msg_forward_prices#ea lump_price:uint64 bit_price:uint64 cell_price:uint64
 *          ihr_price_factor:uint32 first_frac:uint16 next_frac:uint16 = MsgForwardPrices;
 */
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
