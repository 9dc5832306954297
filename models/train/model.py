"""A llama-architecture decoder: RMSNorm, interleaved rotary positions, SwiGLU, tied embeddings."""

from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import nn


@dataclass
class ModelShape:
    """Sizes of the network. The defaults give 3.05 million parameters."""

    vocabulary: int = 2048
    width: int = 192
    layers: int = 6
    heads: int = 6
    feed_forward: int = 512
    context: int = 512
    rope_base: float = 10000.0
    norm_epsilon: float = 1e-5

    def to_dict(self):
        return asdict(self)


def rotary_angles(shape, length):
    """Cosine and sine of every position and frequency: two tensors of [length, head width / 2]."""
    head_width = shape.width // shape.heads
    frequencies = shape.rope_base ** (-torch.arange(0, head_width, 2).float() / head_width)
    angles = torch.outer(torch.arange(length).float(), frequencies)
    return angles.cos(), angles.sin()


def rotate(vectors, cosines, sines):
    """Rotates the pairs (0,1), (2,3), ... as llama.cpp does for the `llama` architecture."""
    even, odd = vectors[..., 0::2], vectors[..., 1::2]
    rotated = torch.stack((even * cosines - odd * sines, even * sines + odd * cosines), -1)
    return rotated.flatten(-2)


def attend(queries, keys, values):
    """Causal attention by plain matrix products: for short rows on a CPU faster than a fused kernel."""
    length = queries.shape[2]
    mask = torch.full((length, length), float("-inf")).triu(1)
    scores = (queries @ keys.transpose(-1, -2)).float() * queries.shape[-1] ** -0.5 + mask
    return torch.softmax(scores, -1).to(values.dtype) @ values


class RmsNorm(nn.Module):
    def __init__(self, width, epsilon):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.epsilon = epsilon

    def forward(self, hidden):
        exact = hidden.float()
        scaled = exact * torch.rsqrt(exact.pow(2).mean(-1, keepdim=True) + self.epsilon)
        return scaled.to(hidden.dtype) * self.weight.to(hidden.dtype)


class Block(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.heads = shape.heads
        self.attention_norm = RmsNorm(shape.width, shape.norm_epsilon)
        self.query = nn.Linear(shape.width, shape.width, bias=False)
        self.key = nn.Linear(shape.width, shape.width, bias=False)
        self.value = nn.Linear(shape.width, shape.width, bias=False)
        self.attention_output = nn.Linear(shape.width, shape.width, bias=False)
        self.feed_forward_norm = RmsNorm(shape.width, shape.norm_epsilon)
        self.gate = nn.Linear(shape.width, shape.feed_forward, bias=False)
        self.up = nn.Linear(shape.width, shape.feed_forward, bias=False)
        self.down = nn.Linear(shape.feed_forward, shape.width, bias=False)

    def forward(self, hidden, cosines, sines):
        hidden = hidden + self.attention(self.attention_norm(hidden), cosines, sines)
        normed = self.feed_forward_norm(hidden)
        return hidden + self.down(F.silu(self.gate(normed)) * self.up(normed))

    def attention(self, normed, cosines, sines):
        queries, keys, values = (self.split_heads(layer(normed)) for layer in (self.query, self.key, self.value))
        mixed = attend(rotate(queries, cosines, sines), rotate(keys, cosines, sines), values)
        return self.attention_output(mixed.transpose(1, 2).flatten(2))

    def split_heads(self, projected):
        batch, length, width = projected.shape
        return projected.view(batch, length, self.heads, width // self.heads).transpose(1, 2)


class LanguageModel(nn.Module):
    """Token ids [batch, length] to logits [batch, length, vocabulary]."""

    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary, shape.width)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.output_norm = RmsNorm(shape.width, shape.norm_epsilon)
        self.initialise()

    def initialise(self):
        """Small random weights; what writes into the residual stream starts smaller the deeper the network is."""
        for weights in self.parameters():
            if weights.dim() == 2:
                nn.init.normal_(weights, std=0.02)
        for block in self.blocks:
            for layer in (block.attention_output, block.down):
                nn.init.normal_(layer.weight, std=0.02 / (2 * self.shape.layers) ** 0.5)

    def forward(self, tokens):
        cosines, sines = rotary_angles(self.shape, tokens.shape[1])
        hidden = self.embedding(tokens)
        if torch.is_autocast_cpu_enabled():
            hidden, cosines, sines = hidden.bfloat16(), cosines.bfloat16(), sines.bfloat16()
        for block in self.blocks:
            hidden = block(hidden, cosines, sines)
        return F.linear(self.output_norm(hidden), self.embedding.weight)
