"""What an answer costs (spec 5.2)."""

from __future__ import annotations

from dataclasses import dataclass

PRICE_MAX = 10**15
FEE_BPS_MAX = 10_000
MILLION = 1_000_000


@dataclass(frozen=True)
class Terms:
    """Nanotons for a million tokens of each kind, and the proxy's fee in basis points (5.2.2)."""

    prompt_per_million: int
    completion_per_million: int
    fee_bps: int

    def within_limits(self) -> bool:
        prices = (self.prompt_per_million, self.completion_per_million)
        return all(0 <= price <= PRICE_MAX for price in prices) and 0 <= self.fee_bps <= FEE_BPS_MAX

    def work(self, prompt_tokens: int, completion_tokens: int) -> int:
        """5.2.3, the worker's."""
        total = prompt_tokens * self.prompt_per_million + completion_tokens * self.completion_per_million
        return total // MILLION

    def fee(self, work: int) -> int:
        """5.2.4, the proxy's."""
        return work * self.fee_bps // 10_000

    def cost_max(self, tokens_max: int) -> int:
        """5.2.5: the bound of work and fee for so many tokens of both kinds together."""
        work = tokens_max * max(self.prompt_per_million, self.completion_per_million) // MILLION
        return work + self.fee(work)
