"""Trains the model on generated conversations for a given time, on CPU, and writes a checkpoint and a GGUF file.

Each process uses one thread and its own stream of conversations; gradients are averaged. Two threads in one
process are many times slower as soon as something else runs on the machine.
"""

import argparse
import os
import random
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch
import torch.distributed as distributed
import torch.multiprocessing as multiprocessing
import torch.nn.functional as F

from corpus.conversation import conversation
from gguf import read_gguf, write_gguf
from model import LanguageModel, ModelShape
from tokenizer import ANSWER, Tokenizer

MATRIX_LEARNING_RATE = 2e-2
OTHER_LEARNING_RATE = 4e-3
WEIGHT_DECAY = 0.01
MOMENTUM = 0.94
WARMUP_STEPS = 40

# The rate never falls below this share of the full rate.
FINAL_RATE = 0.02

# What users say is worth learning a little: it teaches the words that answers have to copy.
CONTEXT_LOSS_WEIGHT = 0.1

# The exported weights are a moving average over about AVERAGE_EVERY / AVERAGE_SHARE = 100 steps.
AVERAGE_EVERY, AVERAGE_SHARE = 5, 0.05

POOL_SIZE = 1024
LOG_EVERY_SECONDS = 60


def batches(tokenizer, seed, tokens_max, length_max):
    """Yields (tokens, loss weights) of conversations of similar length; padding weighs nothing."""
    chance = random.Random(seed)
    while True:
        pool = [tokenizer.encode_conversation(conversation(chance)) for _ in range(POOL_SIZE)]
        pool = [(tokens[:length_max], classes[:length_max]) for tokens, classes in pool]
        groups = group_by_length(pool, tokens_max)
        chance.shuffle(groups)
        for group in groups:
            yield padded_batch(group, tokenizer.end_of_text)


def group_by_length(pool, tokens_max):
    groups = [[]]
    for sample in sorted(pool, key=lambda sample: len(sample[0])):
        if groups[-1] and len(sample[0]) * (len(groups[-1]) + 1) > tokens_max:
            groups.append([])
        groups[-1].append(sample)
    return groups


def padded_batch(group, padding):
    length = max(len(tokens) for tokens, _ in group)
    batch = torch.full((len(group), length), padding)
    weights = torch.zeros(len(group), length)
    for row, (tokens, classes) in enumerate(group):
        batch[row, :len(tokens)] = torch.tensor(tokens)
        weights[row, :len(tokens)] = torch.tensor([1.0 if kind == ANSWER else CONTEXT_LOSS_WEIGHT for kind in classes])
    return batch, weights


def orthogonalised(matrix):
    """The nearest semi-orthogonal matrix, roughly: five quintic Newton-Schulz steps, as in the Muon optimiser."""
    current = matrix.bfloat16()
    is_tall = current.size(0) > current.size(1)
    current = current.T if is_tall else current
    current = current / (current.norm() + 1e-7)
    for _ in range(5):
        gram = current @ current.T
        current = 3.4445 * current + (-4.7750 * gram + 2.0315 * gram @ gram) @ current
    return (current.T if is_tall else current).float()


class Optimiser:
    """Muon for the matrices inside blocks, AdamW for embeddings and norms. Work on matrices is shared among processes."""

    def __init__(self, model, rank, process_count):
        self.rank, self.process_count = rank, process_count
        inside_blocks = {name: weights for name, weights in model.named_parameters() if weights.dim() == 2 and "embedding" not in name}
        self.matrices = list(inside_blocks.values())
        self.others = [weights for name, weights in model.named_parameters() if name not in inside_blocks]
        self.momenta = [torch.zeros_like(weights) for weights in self.matrices]
        self.adam = torch.optim.AdamW(self.others, lr=OTHER_LEARNING_RATE, betas=(0.9, 0.97), weight_decay=0.0)

    def step(self, rate):
        gradients = [weights.grad for weights in self.matrices + self.others]
        sum_over_processes(gradients, self.process_count)
        for gradient in gradients:
            gradient /= self.process_count
        self.step_others(rate)
        self.step_matrices(rate)
        for weights in self.matrices + self.others:
            weights.grad = None

    def step_others(self, rate):
        for group in self.adam.param_groups:
            group["lr"] = OTHER_LEARNING_RATE * rate
        torch.nn.utils.clip_grad_norm_(self.others, 1.0)
        self.adam.step()

    @torch.no_grad()
    def step_matrices(self, rate):
        updates = [self.matrix_update(index) for index in range(len(self.matrices))]
        sum_over_processes(updates, self.process_count)
        for weights, update in zip(self.matrices, updates):
            weights.mul_(1 - MATRIX_LEARNING_RATE * rate * WEIGHT_DECAY)
            weights.add_(update, alpha=-MATRIX_LEARNING_RATE * rate)

    def matrix_update(self, index):
        """The update of one matrix, or zeros when another process computes it."""
        weights, momentum = self.matrices[index], self.momenta[index]
        momentum.lerp_(weights.grad, 1 - MOMENTUM)
        if index % self.process_count != self.rank:
            return torch.zeros_like(weights)
        direction = weights.grad.lerp(momentum, MOMENTUM)
        return orthogonalised(direction) * max(1, weights.size(0) / weights.size(1)) ** 0.5


def sum_over_processes(tensors, process_count):
    """Replaces each tensor by its sum over all processes, in one exchange."""
    if process_count == 1:
        return
    flat = torch.cat([tensor.flatten() for tensor in tensors])
    distributed.all_reduce(flat)
    for tensor, part in zip(tensors, flat.split([tensor.numel() for tensor in tensors])):
        tensor.copy_(part.view_as(tensor))


class WeightAverage:
    """Moving average of the weights: smoother than the last step, above all before the rate has fallen."""

    def __init__(self, model):
        self.state = {name: weights.detach().clone() for name, weights in model.state_dict().items()}

    def update(self, model):
        for name, weights in model.state_dict().items():
            self.state[name].lerp_(weights, AVERAGE_SHARE)


def learning_rate(step, progress, options):
    """The share of the full rate to use now."""
    warmup = min(1.0, (step + 1) / WARMUP_STEPS)
    falling = (1 - progress) / (1 - options.hold_share)
    return options.rate * warmup * min(1.0, max(FINAL_RATE, falling))


def losses(model, batch, weights):
    """(loss to minimise, mean loss on answers alone) for predicting each next token."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(batch[:, :-1])
    errors = F.cross_entropy(logits.float().flatten(0, 1), batch[:, 1:].flatten(), reduction="none")
    weights = weights[:, 1:].flatten()
    answers = weights == 1.0
    return (errors * weights).sum() / weights.sum(), errors.detach()[answers].mean().item()


def agreed_progress(started, seconds_max, process_count):
    """Share of the time that is over, by the clock of the first process, so that all stop at the same step."""
    progress = torch.tensor([(time.monotonic() - started) / seconds_max])
    if process_count > 1:
        distributed.broadcast(progress, 0)
    return progress.item()


def initial_model(options):
    """Random weights and the stored tokenizer, or both from a GGUF file."""
    if options.start_from:
        shape, state, tokenizer = read_gguf(options.start_from)
        model = LanguageModel(shape)
        model.load_state_dict(state)
        return model, tokenizer
    tokenizer = Tokenizer.load(options.tokenizer)
    return LanguageModel(ModelShape(vocabulary=len(tokenizer.vocabulary))), tokenizer


def save(options, model, average, tokenizer, history):
    shape = model.shape
    torch.save({"shape": shape.to_dict(), "weights": average.state, **history}, f"{options.output}.pt")
    write_gguf(f"{options.output}.gguf", shape, average.state, tokenizer, options.name)


def run(rank, options):
    if options.processes > 1:
        address = f"tcp://127.0.0.1:{options.port}"
        distributed.init_process_group("gloo", init_method=address, rank=rank, world_size=options.processes)
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    model, tokenizer = initial_model(options)
    optimiser, average = Optimiser(model, rank, options.processes), WeightAverage(model)
    stream = batches(tokenizer, 1000 * options.seed + rank, options.tokens_per_process, options.length_max)
    started = logged = saved = time.monotonic()
    step = token_count = 0
    smoothed_loss = None
    while (progress := agreed_progress(started, options.minutes * 60, options.processes)) < 1:
        batch, weights = next(stream)
        loss, answer_loss = losses(model, batch, weights)
        loss.backward()
        optimiser.step(learning_rate(step, progress, options))
        step += 1
        token_count += int((weights > 0).sum()) * options.processes
        smoothed_loss = answer_loss if smoothed_loss is None else 0.97 * smoothed_loss + 0.03 * answer_loss
        if rank > 0:
            continue
        if step % AVERAGE_EVERY == 0:
            average.update(model)
        now = time.monotonic()
        history = {"steps": step, "tokens": token_count, "seconds": now - started, "answer_loss": smoothed_loss}
        if now - logged > LOG_EVERY_SECONDS:
            logged = now
            print(f"{progress:.3f} {history} {token_count / (now - started):.0f} tokens/s", flush=True)
        if now - saved > options.save_every_minutes * 60:
            saved = now
            save(options, model, average, tokenizer, history)
    if rank == 0:
        save(options, model, average, tokenizer, history)
        print(f"finished {history}", flush=True)


def parse_options():
    here = Path(__file__).parent
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", help="path without ending: .pt and .gguf are added")
    parser.add_argument("--minutes", type=float, default=46)
    parser.add_argument("--save-every-minutes", type=float, default=10)
    parser.add_argument("--start-from", help="GGUF file whose weights and tokenizer are trained on")
    parser.add_argument("--rate", type=float, default=1.0, help="share of the full learning rate to start with")
    parser.add_argument("--hold-share", type=float, default=0.4, help="share of the time before the rate falls in a straight line")
    parser.add_argument("--tokenizer", default=str(here / "tokenizer.json"))
    parser.add_argument("--name", default="cocoon-tiny-3m")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--tokens-per-process", type=int, default=2048, help="tokens of one step in one process")
    parser.add_argument("--length-max", type=int, default=512)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=29511)
    return parser.parse_args()


def main():
    options = parse_options()
    if options.processes == 1:
        run(0, options)
    else:
        multiprocessing.spawn(run, (options,), options.processes)


if __name__ == "__main__":
    main()
