"""Checkpoints to GGUF v3 files with Q8_0 weights, and back. Layout: ggml docs/gguf.md, version 3."""

import argparse
import struct
from pathlib import Path

import numpy
import torch

from model import ModelShape
from tokenizer import Tokenizer

MAGIC, VERSION, ALIGNMENT = b"GGUF", 3, 32

# Metadata value types, then tensor types, as the specification numbers them.
UINT32, INT32, FLOAT32, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9
SCALAR_FORMATS = {UINT32: "<I", INT32: "<i", FLOAT32: "<f", BOOL: "<?"}
TENSOR_F32, TENSOR_Q8_0 = 0, 8
FILE_TYPE_Q8_0 = 7

# A Q8_0 block holds 32 weights: one half-precision scale and 32 signed bytes.
Q8_BLOCK_SIZE = 32
Q8_BLOCK = numpy.dtype([("scale", "<f2"), ("weights", "i1", Q8_BLOCK_SIZE)])

NORMAL_TOKEN, CONTROL_TOKEN = 1, 3

CHAT_TEMPLATE = (
    "{% for m in messages %}"
    "{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>' + '\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)

BLOCK_TENSORS = {
    "attn_norm": "attention_norm",
    "attn_q": "query",
    "attn_k": "key",
    "attn_v": "value",
    "attn_output": "attention_output",
    "ffn_norm": "feed_forward_norm",
    "ffn_gate": "gate",
    "ffn_up": "up",
    "ffn_down": "down",
}


def tensor_names(layers):
    """Pairs of (name in the GGUF file, name in the PyTorch state)."""
    yield "token_embd.weight", "embedding.weight"
    yield "output_norm.weight", "output_norm.weight"
    for layer in range(layers):
        for gguf_name, torch_name in BLOCK_TENSORS.items():
            yield f"blk.{layer}.{gguf_name}.weight", f"blocks.{layer}.{torch_name}.weight"


def metadata(shape, tokenizer, name):
    """(key, type, value) of everything that an engine has to know."""
    token_types = [CONTROL_TOKEN if token.startswith("<|") else NORMAL_TOKEN for token in tokenizer.vocabulary]
    return [
        ("general.architecture", STRING, "llama"),
        ("general.name", STRING, name),
        ("general.license", STRING, "mit"),
        ("general.file_type", UINT32, FILE_TYPE_Q8_0),
        ("general.quantization_version", UINT32, 2),
        ("general.alignment", UINT32, ALIGNMENT),
        ("llama.vocab_size", UINT32, shape.vocabulary),
        ("llama.context_length", UINT32, shape.context),
        ("llama.embedding_length", UINT32, shape.width),
        ("llama.block_count", UINT32, shape.layers),
        ("llama.feed_forward_length", UINT32, shape.feed_forward),
        ("llama.attention.head_count", UINT32, shape.heads),
        ("llama.attention.head_count_kv", UINT32, shape.heads),
        ("llama.attention.layer_norm_rms_epsilon", FLOAT32, shape.norm_epsilon),
        ("llama.rope.dimension_count", UINT32, shape.width // shape.heads),
        ("llama.rope.freq_base", FLOAT32, shape.rope_base),
        ("tokenizer.ggml.model", STRING, "gpt2"),
        ("tokenizer.ggml.pre", STRING, "smollm"),
        ("tokenizer.ggml.tokens", ARRAY, (STRING, tokenizer.vocabulary)),
        ("tokenizer.ggml.token_type", ARRAY, (INT32, token_types)),
        ("tokenizer.ggml.merges", ARRAY, (STRING, tokenizer.merges)),
        ("tokenizer.ggml.bos_token_id", UINT32, tokenizer.turn_start),
        ("tokenizer.ggml.eos_token_id", UINT32, tokenizer.turn_end),
        ("tokenizer.ggml.eot_token_id", UINT32, tokenizer.turn_end),
        ("tokenizer.ggml.padding_token_id", UINT32, tokenizer.end_of_text),
        ("tokenizer.ggml.add_bos_token", BOOL, False),
        ("tokenizer.chat_template", STRING, CHAT_TEMPLATE),
    ]


def encode_string(text):
    encoded = text.encode()
    return struct.pack("<Q", len(encoded)) + encoded


def encode_value(kind, value):
    if kind == STRING:
        return encode_string(value)
    if kind == ARRAY:
        item_kind, items = value
        header = struct.pack("<IQ", item_kind, len(items))
        return header + b"".join(encode_value(item_kind, item) for item in items)
    return struct.pack(SCALAR_FORMATS[kind], value)


def padded(chunk):
    return chunk + bytes(-len(chunk) % ALIGNMENT)


def encode_q8(weights):
    """Each block of 32 weights is divided by its largest magnitude / 127 and rounded."""
    rows = weights.reshape(-1, Q8_BLOCK_SIZE)
    scales = numpy.abs(rows).max(1) / 127
    inverse = numpy.divide(1, scales, out=numpy.zeros_like(scales), where=scales > 0)
    blocks = numpy.zeros(len(rows), dtype=Q8_BLOCK)
    blocks["scale"] = scales.astype(numpy.float16)
    blocks["weights"] = numpy.clip(numpy.rint(rows * inverse[:, None]), -127, 127).astype(numpy.int8)
    return blocks.tobytes()


def write_gguf(path, shape, state, tokenizer, name):
    """Writes matrices as Q8_0 and norms as F32. The file appears whole or not at all."""
    entries = metadata(shape, tokenizer, name)
    names = list(tensor_names(shape.layers))
    directory, contents, offset = b"", [], 0
    for gguf_name, torch_name in names:
        weights = state[torch_name].float().numpy()
        is_vector = weights.ndim == 1
        content = padded(weights.astype("<f4").tobytes() if is_vector else encode_q8(weights))
        directory += encode_string(gguf_name) + struct.pack("<I", weights.ndim)
        directory += struct.pack(f"<{weights.ndim}Q", *reversed(weights.shape))
        directory += struct.pack("<IQ", TENSOR_F32 if is_vector else TENSOR_Q8_0, offset)
        contents.append(content)
        offset += len(content)
    header = MAGIC + struct.pack("<IQQ", VERSION, len(names), len(entries))
    header += b"".join(encode_string(key) + struct.pack("<I", kind) + encode_value(kind, value) for key, kind, value in entries)
    unfinished = Path(path).with_suffix(".unfinished")
    unfinished.write_bytes(padded(header + directory) + b"".join(contents))
    unfinished.replace(path)


class Reader:
    """Reads the fields of a GGUF file in order."""

    def __init__(self, contents):
        self.contents = contents
        self.position = 0

    def unpack(self, layout):
        values = struct.unpack_from(layout, self.contents, self.position)
        self.position += struct.calcsize(layout)
        return values if len(values) > 1 else values[0]

    def string(self):
        length = self.unpack("<Q")
        self.position += length
        return self.contents[self.position - length:self.position].decode()

    def value(self, kind):
        if kind == STRING:
            return self.string()
        if kind == ARRAY:
            item_kind, count = self.unpack("<IQ")
            return [self.value(item_kind) for _ in range(count)]
        return self.unpack(SCALAR_FORMATS[kind])


def read_gguf(path):
    """(ModelShape, PyTorch state, Tokenizer) of a file that write_gguf made."""
    reader = Reader(Path(path).read_bytes())
    reader.position = len(MAGIC)
    _, tensor_count, entry_count = reader.unpack("<IQQ")
    entries = {reader.string(): reader.value(reader.unpack("<I")) for _ in range(entry_count)}
    tensors = [(reader.string(), read_dimensions(reader), *reader.unpack("<IQ")) for _ in range(tensor_count)]
    start = reader.position + -reader.position % ALIGNMENT
    shape = shape_of(entries)
    torch_names = dict(tensor_names(shape.layers))
    state = {
        torch_names[name]: read_tensor(reader.contents, start + offset, dimensions, kind)
        for name, dimensions, kind, offset in tensors
    }
    return shape, state, Tokenizer(entries["tokenizer.ggml.tokens"], entries["tokenizer.ggml.merges"])


def read_dimensions(reader):
    return [reader.unpack("<Q") for _ in range(reader.unpack("<I"))][::-1]


def read_tensor(contents, offset, dimensions, kind):
    count = int(numpy.prod(dimensions))
    if kind == TENSOR_F32:
        weights = numpy.frombuffer(contents, "<f4", count, offset)
    else:
        blocks = numpy.frombuffer(contents, Q8_BLOCK, count // Q8_BLOCK_SIZE, offset)
        weights = blocks["scale"].astype(numpy.float32)[:, None] * blocks["weights"]
    return torch.from_numpy(weights.reshape(dimensions).copy())


def shape_of(entries):
    return ModelShape(
        vocabulary=entries["llama.vocab_size"],
        width=entries["llama.embedding_length"],
        layers=entries["llama.block_count"],
        heads=entries["llama.attention.head_count"],
        feed_forward=entries["llama.feed_forward_length"],
        context=entries["llama.context_length"],
        rope_base=entries["llama.rope.freq_base"],
        norm_epsilon=entries["llama.attention.layer_norm_rms_epsilon"],
    )


def main():
    parser = argparse.ArgumentParser(description="Writes a checkpoint of train.py as a GGUF file.")
    parser.add_argument("checkpoint")
    parser.add_argument("output")
    parser.add_argument("--name", default="cocoon-tiny-3m")
    parser.add_argument("--tokenizer", default=str(Path(__file__).parent / "tokenizer.json"))
    options = parser.parse_args()
    checkpoint = torch.load(options.checkpoint)
    shape = ModelShape(**checkpoint["shape"])
    write_gguf(options.output, shape, checkpoint["weights"], Tokenizer.load(options.tokenizer), options.name)


if __name__ == "__main__":
    main()
