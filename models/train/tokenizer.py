"""Byte-level BPE, read by llama.cpp as tokenizer.ggml.model=gpt2 with pre=smollm (digits stand alone)."""

import argparse
import collections
import itertools
import json
import re
from pathlib import Path

SPECIAL_TOKENS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
BYTE_COUNT = 256

# The ASCII part of GPT-2's pre-tokenizer. It is applied between digits, which are always tokens of their own.
WORD_PATTERN = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[A-Za-z]+| ?[^\sA-Za-z0-9]+|\s+(?!\S)|\s+")
DIGIT_PATTERN = re.compile(r"([0-9])")

# Loss classes of a token: what the user or the format says, and what the assistant has to learn to say.
CONTEXT, ANSWER = 1, 2


def printable_bytes():
    """Maps each byte to the printable character that stands for it in GPT-2 vocabularies."""
    printable = {*range(33, 127), *range(161, 173), *range(174, 256)}
    spare = itertools.count(BYTE_COUNT)
    return [chr(byte) if byte in printable else chr(next(spare)) for byte in range(BYTE_COUNT)]


BYTE_SYMBOLS = printable_bytes()
SPACE_SYMBOL = BYTE_SYMBOLS[ord(" ")]

# Single characters that are words or signs of their own; other letters begin words, whose pieces must not change.
SPACED_LETTERS = set("aI+-=x*\"")


def split_words(text):
    """Cuts text into the pieces inside which merges may happen."""
    for piece in DIGIT_PATTERN.split(text):
        if piece.isdigit():
            yield piece
        elif piece:
            yield from WORD_PATTERN.findall(piece)


def to_symbols(word):
    return [BYTE_SYMBOLS[byte] for byte in word.encode()]


def merge_pair(symbols, left, right):
    """Replaces each adjacent (left, right) by their concatenation."""
    merged, position = [], 0
    while position < len(symbols):
        if symbols[position:position + 2] == [left, right]:
            merged.append(left + right)
            position += 2
        else:
            merged.append(symbols[position])
            position += 1
    return merged


class Tokenizer:
    """Encodes text and ChatML conversations with a trained vocabulary."""

    def __init__(self, vocabulary, merges):
        self.vocabulary = vocabulary
        self.merges = merges
        self.token_ids = {token: index for index, token in enumerate(vocabulary)}
        self.merge_ranks = {tuple(merge.split(" ")): rank for rank, merge in enumerate(merges)}
        self.word_cache = {}
        self.end_of_text, self.turn_start, self.turn_end = (self.token_ids[token] for token in SPECIAL_TOKENS)

    @classmethod
    def load(cls, path):
        trained = json.loads(Path(path).read_text())
        return cls(trained["vocab"], trained["merges"])

    def save(self, path):
        Path(path).write_text(json.dumps({"vocab": self.vocabulary, "merges": self.merges}, indent=2) + "\n")

    def encode(self, text):
        return [token for word in split_words(text) for token in self.encode_word(word)]

    def encode_word(self, word):
        if word not in self.word_cache:
            symbols = to_symbols(word)
            while (pair := self.first_merge(symbols)) is not None:
                symbols = merge_pair(symbols, *pair)
            self.word_cache[word] = [self.token_ids[symbol] for symbol in symbols]
        return self.word_cache[word]

    def first_merge(self, symbols):
        """The adjacent pair that was merged earliest in training, or None."""
        pairs = [pair for pair in zip(symbols, symbols[1:]) if pair in self.merge_ranks]
        return min(pairs, key=self.merge_ranks.get) if pairs else None

    def encode_conversation(self, turns):
        """ChatML token ids of [(role, text), ...] and the loss class of each token; the role "text" stands for no markers."""
        tokens, classes = [], []
        for role, text in turns:
            if role == "text":
                plain = [*self.encode(text), self.turn_end]
                return plain, [ANSWER] * len(plain)
            header = [self.turn_start, *self.encode(role + "\n")]
            body = [*self.encode(text), self.turn_end]
            newline = self.encode("\n")
            tokens += header + body + newline
            classes += [CONTEXT] * len(header)
            classes += [ANSWER if role == "assistant" else CONTEXT] * len(body)
            classes += [CONTEXT] * len(newline)
        return tokens, classes


def train_tokenizer(texts, vocabulary_size, spaced_share=0.36):
    """Learns merges in two stages, so that a rare word has the same pieces after a space as at the start of a text.

    First the words lose their leading space and pieces are merged by frequency; then the most frequent whole words
    get a token with the space. To copy an unknown word is then to repeat the same tokens. No run without this was compared.
    """
    word_counts = collections.Counter(word for text in texts for word in split_words(text))
    merge_count = vocabulary_size - BYTE_COUNT - len(SPECIAL_TOKENS)
    spaced_count = int(merge_count * spaced_share)
    inner_merges = learn_inner_merges(word_counts, merge_count - spaced_count)
    merges = inner_merges + learn_spaced_merges(word_counts, inner_merges, spaced_count)
    vocabulary = BYTE_SYMBOLS + [left + right for left, right in merges] + SPECIAL_TOKENS
    return Tokenizer(vocabulary, [f"{left} {right}" for left, right in merges])


def learn_inner_merges(word_counts, merge_count):
    """Byte-pair merges inside words; ties go to the pair that sorts last, so runs are reproducible."""
    bare_counts = collections.Counter()
    for word, count in word_counts.items():
        bare_counts[bare(word)] += count
    words = [(to_symbols(word), count) for word, count in bare_counts.items()]
    pair_counts, pair_words = count_pairs(words)
    merges, made = [], set()
    while len(merges) < merge_count:
        left, right = best = max(pair_counts, key=lambda pair: (pair_counts[pair], pair))
        if left + right in made:
            del pair_counts[best]
            continue
        made.add(left + right)
        merges.append(best)
        for index in list(pair_words[best]):
            symbols, count = words[index]
            forget_pairs(symbols, count, index, pair_counts, pair_words)
            words[index] = (merge_pair(symbols, left, right), count)
            record_pairs(*words[index], index, pair_counts, pair_words)
    return merges


def learn_spaced_merges(word_counts, inner_merges, merge_count):
    """Joins the space to the most frequent words that are one token without it."""
    inner_tokens = {left + right for left, right in inner_merges} | set(BYTE_SYMBOLS)
    spaced = [(count, "".join(to_symbols(bare(word)))) for word, count in word_counts.items() if word != bare(word)]
    whole = [(count, token) for count, token in spaced if token in inner_tokens and (len(token) > 1 or token in SPACED_LETTERS)]
    frequent = sorted(whole, reverse=True)
    return [(SPACE_SYMBOL, token) for _, token in frequent[:merge_count]]


def bare(word):
    """The word without the one space in front of it."""
    return word[1:] if len(word) > 1 and word[0] == " " and word[1] != " " else word


def count_pairs(words):
    pair_counts, pair_words = collections.Counter(), collections.defaultdict(set)
    for index, (symbols, count) in enumerate(words):
        record_pairs(symbols, count, index, pair_counts, pair_words)
    return pair_counts, pair_words


def record_pairs(symbols, count, index, pair_counts, pair_words):
    for pair in zip(symbols, symbols[1:]):
        pair_counts[pair] += count
        pair_words[pair].add(index)


def forget_pairs(symbols, count, index, pair_counts, pair_words):
    for pair in zip(symbols, symbols[1:]):
        pair_counts[pair] -= count
        pair_words[pair].discard(index)
        if pair_counts[pair] <= 0:
            del pair_counts[pair]


def main():
    from corpus.conversation import conversations

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output")
    parser.add_argument("--vocabulary-size", type=int, default=2048)
    parser.add_argument("--conversations", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    sample = itertools.islice(conversations(options.seed), options.conversations)
    texts = (f"{role}\n{text}\n" for turns in sample for role, text in turns)
    tokenizer = train_tokenizer(texts, options.vocabulary_size)
    tokenizer.save(options.output)
    print(f"{len(tokenizer.vocabulary)} tokens, {len(tokenizer.merges)} merges")


if __name__ == "__main__":
    main()
